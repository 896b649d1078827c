import { QuantError } from "@halftone/core";
import { loadOnce } from "@halftone/core/backend";
import { checkThreads } from "../environment/threads.ts";
import { checkWebGpu } from "../environment/webgpu.ts";
import type { Provider, RuntimeSettings } from "./settings.ts";

/** The module onnxruntime-web/wasm or onnxruntime-web/webgpu, or one with the same interface. */
export type OnnxRuntime = typeof import("onnxruntime-web");

export type LoadRuntime = () => Promise<OnnxRuntime>;

/** Loads and configures once; concurrent callers share the load, and a load that failed is tried again by the next caller. */
export function lazyRuntime(provider: Provider, load: LoadRuntime, settings: RuntimeSettings): LoadRuntime {
  return loadOnce(
    () => prepare(provider, load, settings),
    (cause) => unavailable(provider, cause),
  );
}

async function prepare(provider: Provider, load: LoadRuntime, settings: RuntimeSettings): Promise<OnnxRuntime> {
  checkThreads(settings.threads);
  if (provider === "webgpu") await checkWebGpu();
  const runtime = await load();
  // Failures come back as exceptions, so the runtime's own log stays silent.
  runtime.env.logLevel = "fatal";
  if (settings.threads !== undefined) runtime.env.wasm.numThreads = settings.threads;
  if (settings.wasmPaths !== undefined) runtime.env.wasm.wasmPaths = settings.wasmPaths;
  return runtime;
}

function unavailable(provider: Provider, cause: unknown): QuantError {
  if (QuantError.is(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const runtime = `onnxruntime-web/${provider}`;
  const message = `${runtime} cannot be loaded in this page: ${reason}. Install it with "npm install onnxruntime-web", and see that the page may load its files.`;
  return new QuantError("backend-unavailable", message, { details: { runtime, reason }, cause });
}
