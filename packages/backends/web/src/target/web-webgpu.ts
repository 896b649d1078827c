import { type Target, type TensorConfig, tableTarget } from "@halftone/core";
import { webgpuTable } from "./generated/webgpu.ts";

const activations: TensorConfig = { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" };
const weights: TensorConfig = { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" };

/** onnxruntime-web/webgpu. Only weights are quantized; 4-bit ones as well, where the caller asks for them. */
export function webWebGpu(): Target {
  return tableTarget({
    name: "web-webgpu",
    runtime: webgpuTable.runtime,
    operators: webgpuTable.operators,
    defaults: { activations, weights },
    note: "Weights only: WebGPU has no kernel that computes on quantized activations, and a graph with them falls back to the processor; int8 weights are dequantized on the graphics card.",
  });
}
