import type { ModelFiles, SessionOptions } from "@halftone/core";
import type { InferenceSession } from "onnxruntime-common";
import type { MobileProvider } from "./provider.ts";

const fatalOnly = 4;

/** Failures come back as exceptions, so the runtime's own log stays silent. */
export const runOptions: InferenceSession.RunOptions = { logSeverityLevel: fatalOnly };

/**
 * Only what React Native's binding reads. It hears no session configuration (`extra`), so what keeps the runtime from
 * quantizing on its own is its optimizer being off; and it takes the whole buffer of a side file, whatever part a view shows.
 */
export function runtimeOptions(providers: readonly MobileProvider[], model: ModelFiles, options: SessionOptions = {}): InferenceSession.SessionOptions {
  return {
    executionProviders: [...providers] as InferenceSession.ExecutionProviderConfig[],
    graphOptimizationLevel: options.fuseQuantized === false ? "disabled" : (options.optimization ?? "all"),
    logSeverityLevel: fatalOnly,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(model.external ? { externalData: [...model.external].map(([path, data]) => ({ path, data: ownBuffer(data) })) } : {}),
  };
}

function ownBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
