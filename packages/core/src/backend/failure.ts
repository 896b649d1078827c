import { QuantError } from "../spec/index.ts";

/** Translates what the runtime threw; its own words are kept, and the node they name. */
export function backendFailure(binding: string, action: string, cause: unknown): QuantError {
  if (QuantError.is(cause)) return cause;
  const reason = (cause instanceof Error ? cause.message : String(cause)).trim();
  const node = /with name:?\s*'([^']+)'|Name:'([^']+)'/.exec(reason);
  const name = node?.[1] ?? node?.[2];
  return new QuantError("backend-failed", `${binding} ${action}: ${reason}`, { details: { reason, ...(name ? { node: name } : {}) }, cause });
}
