import type { Backend } from "@halftone/core";
import type { Provider, RuntimeSettings } from "../session/settings.ts";
import { type StartWorker, workerPool } from "./pool.ts";
import { openInWorker } from "./session.ts";

/** Sessions of onnxruntime-web in one Web Worker. */
export function workerBackend(provider: Provider, start: StartWorker, settings: RuntimeSettings): Backend {
  const pool = workerPool(start, settings);
  return { name: `web-${provider}`, open: (model, options) => openInWorker(pool, model, options) };
}
