import type { SessionHost, Turns } from "@halftone/core/backend";
import { backendFailure } from "./failure.ts";
import { runOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";
import type { Provider } from "./settings.ts";

/** onnxruntime-web as the host of a session. Its JavaScript side knows no bfloat16 and none of the types that ONNX added later. */
export function hostOf(runtime: OnnxRuntime, provider: Provider, turns: Turns): SessionHost {
  return { runtime, name: `onnxruntime-web/${provider}`, runOptions, besides: ["int4", "uint4"], turns, failure: backendFailure };
}
