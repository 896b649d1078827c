import type { ModelFiles, SessionOptions } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-web";
import type { Provider, RuntimeSettings } from "./settings.ts";

const fatalOnly = 4;

export const runOptions: InferenceSession.RunOptions = { logSeverityLevel: fatalOnly };

export function runtimeOptions(
  provider: Provider,
  settings: RuntimeSettings,
  model: ModelFiles,
  options: SessionOptions = {},
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: options.optimization ?? "all",
    logSeverityLevel: fatalOnly,
    ...extraOptions(provider, settings, options),
    ...(model.external ? { externalData: [...model.external].map(([path, data]) => ({ path, data })) } : {}),
  };
}

function extraOptions(provider: Provider, settings: RuntimeSettings, options: SessionOptions): Pick<InferenceSession.SessionOptions, "extra"> {
  const session = {
    ...(options.fuseQuantized === false && { disable_quant_qdq: "1" }),
    ...(options.spinning === false && { "intra_op.allow_spinning": "0" }),
    ...(provider === "webgpu" && settings.cpuFallback === false && { disable_cpu_ep_fallback: "1" }),
  };
  return Object.keys(session).length > 0 ? { extra: { session } } : {};
}
