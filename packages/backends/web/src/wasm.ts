import type { Backend } from "@halftone/core";
import { withMemoryGuard } from "./memory/guard.ts";
import type { LoadRuntime } from "./session/runtime.ts";
import type { RuntimeSettings } from "./session/settings.ts";
import { threadBackend } from "./session/thread-backend.ts";
import type { StartWorker } from "./worker/pool.ts";
import { serve, type WorkerScope } from "./worker/serve.ts";
import { workerBackend } from "./worker/worker-backend.ts";

export interface WasmOptions extends Omit<RuntimeSettings, "cpuFallback"> {
  /** Starts the worker. Default: the one of this package. One of your own calls `serveWasm`. */
  readonly worker?: StartWorker;
  /** Bytes that a model and a run may need; more is refused. Default: 3.5 GiB, or half of a device that has less than 7. */
  readonly memoryLimit?: number;
}

export interface WasmThreadOptions extends Omit<RuntimeSettings, "cpuFallback"> {
  /** How onnxruntime-web is loaded. Default: `() => import("onnxruntime-web/wasm")`, on the first use. */
  readonly runtime?: LoadRuntime;
  /** Bytes that a model and a run may need; more is refused. Default: 3.5 GiB, or half of a device that has less than 7. */
  readonly memoryLimit?: number;
}

/**
 * Sessions of onnxruntime-web/wasm in a Web Worker: the page stays responsive, and an abort ends a run at once. The
 * worker starts on the first use and ends soon after the last session was disposed.
 */
export function wasmBackend({ worker = startWorker, memoryLimit, ...settings }: WasmOptions = {}): Backend {
  return withMemoryGuard(workerBackend("wasm", worker, settings), memoryLimit);
}

/**
 * Sessions of onnxruntime-web/wasm in the thread that calls, for code that is in a Web Worker already: a run blocks its
 * thread until it ends, and an abort takes effect behind it.
 */
export function wasmThreadBackend({ runtime = loadWasm, memoryLimit, ...settings }: WasmThreadOptions = {}): Backend {
  return withMemoryGuard(threadBackend("wasm", runtime, settings), memoryLimit);
}

/** The whole program of a worker for `wasmBackend`, with a runtime of your choice. */
export function serveWasm(runtime: LoadRuntime = loadWasm, scope: WorkerScope = globalThis as unknown as WorkerScope): void {
  serve("wasm", runtime, scope);
}

const loadWasm: LoadRuntime = () => import("onnxruntime-web/wasm");

const startWorker: StartWorker = () => new Worker(new URL("./wasm-worker.js", import.meta.url), { type: "module", name: "halftone-wasm" });
