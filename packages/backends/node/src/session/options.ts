import type { ModelFiles, SessionOptions } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-node";

const fatalOnly = 4;

/** Failures come back as exceptions, so the runtime's own log stays silent. */
export const runOptions: InferenceSession.RunOptions = { logSeverityLevel: fatalOnly };

/** What holds for every session of a backend. */
export interface Settings {
  /**
   * Whether int8 activations stay int8, as they do on ARM. Default false: on x86 the runtime then rewrites them to uint8, which is
   * faster there, rounds in other places than a phone does, and refuses some graphs that it has rewritten itself.
   */
  readonly keepInt8?: boolean;
}

export function runtimeOptions(model: ModelFiles, options: SessionOptions = {}, settings: Settings = {}): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    graphOptimizationLevel: options.optimization ?? "all",
    logSeverityLevel: fatalOnly,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...extraOptions(options, settings),
    ...(model.external ? { externalData: [...model.external].map(([path, data]) => ({ path, data })) } : {}),
  };
}

function extraOptions(options: SessionOptions, settings: Settings): Pick<InferenceSession.SessionOptions, "extra"> {
  const session = {
    ...(settings.keepInt8 && { qdqisint8allowed: "1" }),
    ...(options.fuseQuantized === false && { disable_quant_qdq: "1" }),
    ...(options.spinning === false && { "intra_op.allow_spinning": "0" }),
  };
  return Object.keys(session).length > 0 ? { extra: { session } } : {};
}
