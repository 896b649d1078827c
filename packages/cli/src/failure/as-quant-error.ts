import { QuantError } from "@halftone/core";

/** Everything that is thrown ends as one kind of error: what nobody foresaw is `internal`. */
export function asQuantError(thrown: unknown, signal: AbortSignal): QuantError {
  if (QuantError.is(thrown, "aborted") || signal.aborted) return new QuantError("aborted", "Interrupted; nothing was written.", { cause: thrown });
  if (QuantError.is(thrown)) return thrown;
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new QuantError("internal", message, { cause: thrown });
}
