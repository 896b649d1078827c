import type { Candidate } from "@halftone/core";

/** Equal for equal candidates, in whatever order their dimensions stand. */
export function keyOf(candidate: Candidate): string {
  const names = Object.keys(candidate).sort();
  return JSON.stringify(names.map((name) => [name, candidate[name]]));
}
