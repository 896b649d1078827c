import type { Backend } from "@halftone/core";
import type { ChildOptions } from "./isolated/child-process.ts";
import { openIsolated, optimizeIsolated } from "./isolated/session.ts";

export type IsolatedBackendOptions = ChildOptions;

/**
 * Sessions of onnxruntime-node, each in a child process: the event loop stays free during a run, an abort ends the run
 * at once, and a crash of the runtime is a `backend-failed`. Feeds and results are copied between the processes.
 */
export function isolatedBackend(options: IsolatedBackendOptions = {}): Backend {
  return {
    name: "node-isolated",
    open: (model, sessionOptions) => openIsolated(options, model, sessionOptions),
    optimize: (model, sessionOptions) => optimizeIsolated(options, model, sessionOptions),
  };
}
