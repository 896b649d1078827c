import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { wasmTable } from "./generated/wasm.ts";
import { wasmWeightsTable } from "./generated/wasmWeights.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/**
 * onnxruntime-web/wasm, in every browser with WebAssembly SIMD. Weights alone are quantized: most models run faster in
 * float there than on integers (docs/decisions/021-webassembly-computes-in-float.md).
 */
export function webWasm(): Target {
  return tableTarget({
    name: "web-wasm",
    runtime: wasmWeightsTable.runtime,
    operators: wasmWeightsTable.operators,
    defaults: { activations, weights },
    note: "Weights only: a quarter of the download, at the speed of float; most models are slower on WebAssembly's integer kernels, which web-wasm-integer asks for.",
  });
}

/** The same runtime with everything on integers that has an integer kernel. */
export function webWasmInteger(): Target {
  return tableTarget({
    name: "web-wasm-integer",
    runtime: wasmTable.runtime,
    operators: wasmTable.operators,
    defaults: { activations, weights },
    note: "uint8 activations and int8 weights: exact on WebAssembly, where most models are slower than in float, for its SIMD has no 8-bit products; measure yours.",
  });
}
