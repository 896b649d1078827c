import type { ModelFiles, SessionOptions } from "@halftone/core";
import { runtimeOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { saveOptimized } from "./save-optimized.ts";

export function optimizeModel(runtime: OnnxRuntime, model: ModelFiles, options?: SessionOptions): Promise<ModelFiles> {
  return saveOptimized(runtime, model, runtimeOptions(model, options), { format: "onnx" });
}
