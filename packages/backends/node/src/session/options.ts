import type { ModelFiles, SessionOptions } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-node";

const fatalOnly = 4;

/** Failures come back as exceptions, so the runtime's own log stays silent. */
export const runOptions: InferenceSession.RunOptions = { logSeverityLevel: fatalOnly };

export function runtimeOptions(model: ModelFiles, options: SessionOptions = {}): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    graphOptimizationLevel: options.optimization ?? "all",
    logSeverityLevel: fatalOnly,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.fuseQuantized === false ? { extra: { session: { disable_quant_qdq: "1" } } } : {}),
    ...(model.external ? { externalData: [...model.external].map(([path, data]) => ({ path, data })) } : {}),
  };
}
