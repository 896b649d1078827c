import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { wasmTable } from "./generated/wasm.ts";
import { wasmWeightsTable } from "./generated/wasmWeights.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/**
 * onnxruntime-web/wasm, in every browser with WebAssembly SIMD. Of the integer kernels it names those that are faster than
 * float there, MatMul and Gemm; convolutions have their weights alone stored in integers
 * (docs/decisions/021-webassembly-convolves-in-float.md).
 */
export function webWasm(): Target {
  const { MatMul, Gemm, ...others } = wasmTable.operators;
  const { Conv, ConvTranspose } = wasmWeightsTable.operators;
  const passThrough = Object.fromEntries(Object.entries(others).filter(([, { role }]) => role === "pass-through"));
  return tableTarget({
    name: "web-wasm",
    runtime: wasmTable.runtime,
    operators: { Conv: Conv!, ConvTranspose: ConvTranspose!, MatMul: MatMul!, Gemm: Gemm!, ...passThrough },
    defaults: { activations, weights },
    note: "MatMul and Gemm on integers, weights alone of convolutions: a quarter of the download and what is faster on WebAssembly; web-wasm-integer uses every integer kernel.",
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
