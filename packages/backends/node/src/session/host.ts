import type { SessionHost } from "@halftone/core/backend";
import { runOptions } from "./options.ts";
import type { OnnxRuntime } from "./runtime.ts";

/** onnxruntime-node as the host of a session. It passes no 4-bit tensors (a 4-bit output ends the process) and no bfloat16. */
export function hostOf(runtime: OnnxRuntime): SessionHost {
  return { runtime, name: "onnxruntime-node", runOptions };
}
