import { type TensorBridge, tensorBridge } from "@halftone/core/backend";
import type { OnnxRuntime } from "./runtime.ts";

/** The runtime's JavaScript side knows no bfloat16 and none of the types that ONNX added later. */
export function tensorsOf(runtime: OnnxRuntime): TensorBridge {
  return tensorBridge({ runtime, name: "onnxruntime-web", besides: ["int4", "uint4"] });
}
