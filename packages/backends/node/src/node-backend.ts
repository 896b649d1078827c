import type { Backend } from "@halftone/core";
import { optimizeModel } from "./session/optimize.ts";
import { type LoadRuntime, lazyRuntime } from "./session/runtime.ts";
import { openSession } from "./session/session.ts";

export interface NodeBackendOptions {
  /** How onnxruntime-node is loaded. Default: `() => import("onnxruntime-node")`, on the first use. */
  readonly runtime?: LoadRuntime;
}

/**
 * Sessions of onnxruntime-node in this process. A run blocks the event loop until it ends; `isolatedBackend` does not.
 */
export function nodeBackend(options: NodeBackendOptions = {}): Backend {
  const runtime = lazyRuntime(options.runtime);
  return {
    name: "node",
    open: async (model, sessionOptions) => openSession(await runtime(), model, sessionOptions),
    optimize: async (model, sessionOptions) => optimizeModel(await runtime(), model, sessionOptions),
  };
}
