import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { wasmTable } from "./generated/wasm.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/** onnxruntime-web/wasm, in every browser with WebAssembly SIMD. */
export function webWasm(): Target {
  return tableTarget({
    name: "web-wasm",
    runtime: wasmTable.runtime,
    operators: wasmTable.operators,
    defaults: { activations, weights },
    note: "uint8 activations and int8 weights: exact on WebAssembly, whose kernels add products in 32 bits.",
  });
}
