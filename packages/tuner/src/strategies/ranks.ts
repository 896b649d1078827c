import type { Trial } from "@halftone/core";

/** Share of the other trials that are not better; a failed trial is below all others. */
export function ranksOf(history: readonly Trial[]): Float32Array {
  const scores = history.map(({ outcome }) => (outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY));
  return Float32Array.from(scores, (score) => scores.filter((other) => other <= score).length / scores.length);
}
