import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { wasmTable } from "./generated/wasm.ts";
import { wasmWeightsTable } from "./generated/wasmWeights.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/** onnxruntime-web/wasm, in every browser with WebAssembly SIMD: whatever has an integer kernel is quantized. */
export function webWasm(): Target {
  return tableTarget({
    name: "web-wasm",
    runtime: wasmTable.runtime,
    operators: wasmTable.operators,
    defaults: { activations, weights },
    note: "uint8 activations and int8 weights: exact on WebAssembly, and a quarter of the size; on x86 slower than float, for WebAssembly's SIMD has no 8-bit products.",
  });
}

/** The same runtime with weights alone in integers: activations keep their accuracy. */
export function webWasmWeights(): Target {
  return tableTarget({
    name: "web-wasm-weights",
    runtime: wasmWeightsTable.runtime,
    operators: wasmWeightsTable.operators,
    defaults: { activations, weights },
    note: "Weights only: the download is made smaller, and nothing faster; the runtime computes MatMul with them by MatMulNBits, slower than in float on x86.",
  });
}
