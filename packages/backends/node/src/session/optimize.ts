import type { ModelFiles, SessionOptions } from "@halftone/core";
import { runtimeOptions, type Settings } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";
import { saveOptimized } from "./save-optimized.ts";

export function optimizeModel(runtime: OnnxRuntime, model: ModelFiles, options?: SessionOptions, settings?: Settings): Promise<ModelFiles> {
  return saveOptimized(runtime, model, runtimeOptions(model, options, settings), { format: "onnx" });
}
