import type { Tensor } from "@halftone/core";

/** The classes with the largest scores of the first row, best first. */
export function bestClasses(scores: Tensor | undefined, count: number): readonly { readonly index: number; readonly score: number }[] {
  const row = scores?.data instanceof Float32Array ? scores.data.subarray(0, scores.shape.at(-1)) : new Float32Array();
  return Array.from(row, (score, index) => ({ index, score }))
    .sort((left, right) => right.score - left.score)
    .slice(0, count);
}
