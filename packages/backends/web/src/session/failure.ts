import { type Json, QuantError } from "@halftone/core";

/** How the runtime says that WebAssembly's memory ran out. */
const memoryWords = /out of memory|OOM|bad_alloc|failed to allocate|memory access out of bounds|Array buffer allocation failed/i;

/** Translates what the runtime threw; its own words are kept. */
export function backendFailure(runtime: string, action: string, cause: unknown): QuantError {
  if (QuantError.is(cause)) return cause;
  const reason = reasonOf(cause);
  const node = /with name:?\s*'([^']+)'|Name:'([^']+)'/.exec(reason);
  const name = node?.[1] ?? node?.[2];
  const details: Record<string, Json> = { reason, ...(name ? { node: name } : {}) };
  const advice = memoryWords.test(reason) ? " The page's memory was not enough: use smaller batches, a smaller model, or Node." : "";
  return new QuantError("backend-failed", `${runtime} ${action}: ${reason}.${advice}`, { details, cause });
}

/** True when the runtime itself broke, so that no other session of it can be trusted. */
export function isCrash(cause: unknown): boolean {
  const reason = reasonOf(cause);
  return cause instanceof WebAssembly.RuntimeError || typeof cause === "number" || memoryWords.test(reason) || /Aborted\(/.test(reason);
}

function reasonOf(cause: unknown): string {
  if (typeof cause === "number") return "an exception of the runtime without words, most often for want of memory (failed to allocate)";
  const words = (cause instanceof Error ? cause.message : String(cause)).trim();
  return (/ERROR_MESSAGE: (.*)$/s.exec(words)?.[1] || words).replace(/\.$/, "").replace(/^"(.*)"$/s, "$1");
}
