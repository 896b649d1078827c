import { QuantError } from "@halftone/core";

export function aborted(signal: AbortSignal | undefined): QuantError {
  return new QuantError("aborted", "Stopped: the caller's signal fired.", { cause: signal?.reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}
