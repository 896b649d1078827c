import type { Candidate } from "@halftone/core";

/** Equal for equal candidates, in whatever order their dimensions stand. */
export function keyOf(candidate: Candidate): string {
  return JSON.stringify(Object.entries(candidate).sort(([left], [right]) => (left < right ? -1 : 1)));
}
