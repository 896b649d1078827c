import { QuantError } from "../spec/index.ts";

export function aborted(signal: AbortSignal | undefined): QuantError {
  return new QuantError("aborted", "Stopped: the caller's signal fired.", { cause: signal?.reason });
}

/** @throws `aborted` with the signal's reason as its cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}
