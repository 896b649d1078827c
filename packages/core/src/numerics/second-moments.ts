import { cholesky } from "./cholesky.ts";

/** A triangle R with H = R R^T, where R is upper triangular once elements stand in `order`. */
export interface Factor {
  /** Elements from the one of the largest moment to the smallest. */
  readonly order: readonly number[];
  /** R read backwards: the lower triangle of H with rows and columns from the last of `order` to the first, row-major [depth, depth]. */
  readonly lower: Float64Array;
}

/** X^T X of the rows that something multiplies. */
export interface SecondMoments {
  /** [depth, depth] */
  readonly values: Float32Array;
  /** With `damping` added to the diagonal, in units of its mean; undefined where that cannot be factored, or nothing is left beside it. Made once for each damping. */
  factor(damping: number): Factor | undefined;
}

export function secondMoments(values: Float32Array, depth: number): SecondMoments {
  const factors = new Map<number, Factor | undefined>();
  return {
    values,
    factor: (damping) => {
      if (!factors.has(damping)) factors.set(damping, factorOf(values, depth, damping));
      return factors.get(damping);
    },
  };
}

function factorOf(moments: Float32Array, depth: number, damping: number): Factor | undefined {
  if (damping === Number.POSITIVE_INFINITY) return undefined;
  const order = elementsBySize(moments, depth);
  const backwards = order.toReversed();
  let mean = 0;
  for (let index = 0; index < depth; index++) mean += moments[index * (depth + 1)]! / depth;
  const extra = mean > 0 ? damping * mean : 1;
  const damped = new Float64Array(depth * depth);
  for (let row = 0; row < depth; row++) {
    const start = backwards[row]! * depth;
    for (let column = 0; column < depth; column++) damped[row * depth + column] = moments[start + backwards[column]!]!;
    damped[row * (depth + 1)]! += extra;
  }
  const lower = cholesky(damped, depth);
  return lower && { order, lower };
}

/** The largest first. */
export function elementsBySize(moments: Float32Array, depth: number): readonly number[] {
  return Array.from({ length: depth }, (_, index) => index).sort((a, b) => moments[b * (depth + 1)]! - moments[a * (depth + 1)]!);
}
