import type { Backend } from "@halftone/core";
import { openSession } from "@halftone/core/backend";
import { hostOf } from "./session/host.ts";
import { optimizeModel } from "./session/optimize.ts";
import { runtimeOptions, type Settings } from "./session/options.ts";
import { type LoadRuntime, lazyRuntime } from "./session/runtime.ts";

export interface NodeBackendOptions extends Settings {
  /** How onnxruntime-node is loaded. Default: `() => import("onnxruntime-node")`, on the first use. */
  readonly runtime?: LoadRuntime;
}

/**
 * Sessions of onnxruntime-node in this process. A run blocks the event loop until it ends; `isolatedBackend` does not.
 */
export function nodeBackend({ runtime: load, ...settings }: NodeBackendOptions = {}): Backend {
  const runtime = lazyRuntime(load);
  return {
    name: "node",
    open: async (model, sessionOptions) => openSession(hostOf(await runtime()), model, runtimeOptions(model, sessionOptions, settings)),
    optimize: async (model, sessionOptions) => optimizeModel(await runtime(), model, sessionOptions, settings),
  };
}
