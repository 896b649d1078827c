import type { Candidate, SearchSpace } from "@halftone/core";

/**
 * Numbers for a model to learn from: one column per value of a dimension, 1 where the candidate has it; and for dimensions of numbers one more with the
 * number itself. A candidate of another space has none of the values that this space does not know.
 */
export function encoder({ dimensions }: SearchSpace): (candidate: Candidate) => readonly number[] {
  return (candidate) =>
    dimensions.flatMap(({ name, values }) => {
      const own = candidate[name];
      const marks = values.map((value) => (value === own ? 1 : 0));
      return values.every((value) => typeof value === "number") ? [...marks, typeof own === "number" ? own : -1] : marks;
    });
}
