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
    ...extraOptions(options),
    ...(model.external ? { externalData: [...model.external].map(([path, data]) => ({ path, data })) } : {}),
  };
}

function extraOptions(options: SessionOptions): Pick<InferenceSession.SessionOptions, "extra"> {
  const session = {
    ...(options.fuseQuantized === false && { disable_quant_qdq: "1" }),
    ...(options.spinning === false && { "intra_op.allow_spinning": "0" }),
  };
  return Object.keys(session).length > 0 ? { extra: { session } } : {};
}
