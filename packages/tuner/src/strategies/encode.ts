import type { Candidate, SearchSpace } from "@halftone/core";

/** Numbers for a model to learn from. A candidate of another space has none of the values that this space does not know. */
export type Encode = (candidate: Candidate) => readonly number[];

/** One column per value of a dimension, 1 where the candidate has it; and for dimensions of numbers one more with the number itself. */
export function encoder({ dimensions }: SearchSpace): Encode {
  return (candidate) =>
    dimensions.flatMap((dimension) => {
      const own = candidate[dimension.name];
      const isNumeric = dimension.values.every((value) => typeof value === "number");
      return [...marks(dimension, candidate), ...(isNumeric ? [typeof own === "number" ? own : -1] : [])];
    });
}

/** The marks alone. */
export function marker({ dimensions }: SearchSpace): Encode {
  return (candidate) => dimensions.flatMap((dimension) => marks(dimension, candidate));
}

function marks({ name, values }: SearchSpace["dimensions"][number], candidate: Candidate): readonly number[] {
  return values.map((value) => (value === candidate[name] ? 1 : 0));
}
