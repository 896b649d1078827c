import { QuantError } from "@halftone/core";

/** Translates what the runtime threw; its own words are kept. */
export function backendFailure(action: string, cause: unknown): QuantError {
  if (QuantError.is(cause)) return cause;
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim();
  const node = /with name:?\s*'([^']+)'|Name:'([^']+)'/.exec(reason);
  const name = node?.[1] ?? node?.[2];
  return new QuantError("backend-failed", `onnxruntime-node ${action}: ${reason}`, { details: { reason, ...(name ? { node: name } : {}) }, cause });
}
