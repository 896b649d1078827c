/**
 * Rounding that makes up for itself: elements of the reduction axis are rounded one after the other, those that move the output most first, and the error
 * of each is taken over by the ones that are still open, so that the output moves least (OBQ, arXiv 2208.11580; GPTQ, arXiv
 * 2210.17323). With R upper triangular, H = R R^T, H the second moments of what is multiplied, and r what rounding takes from w, the output moves by
 * |R^T r|^2, and element d decides its d-th term (QuIP, arXiv 2307.13304, section 4):
 *
 *     rounded_d = round(w_d + sum over i before d of R_id r_i / R_dd)
 */
import { cholesky } from "./cholesky.ts";
import { roundHalfEven } from "./rounding.ts";

export interface CompensatedRounding {
  /** [depth, columns], row-major. */
  readonly weight: Float32Array;
  readonly depth: number;
  readonly columns: number;
  /** Of element `position` of `weight`. */
  readonly scaleOf: (position: number) => number;
  readonly zeroPointOf: (position: number) => number;
  readonly codes: { readonly min: number; readonly max: number };
  /** [depth, depth] */
  readonly moments: Float32Array;
  /**
   * Added to the diagonal, in units of its mean: what was not seen on the data must not matter nothing at all. With infinity every element is rounded to
   * the nearest. Default 0.01.
   */
  readonly damping?: number;
}

/** Codes in the layout of the weight. Where the moments cannot be inverted every element is rounded to the nearest. */
export function compensatedRounding(options: CompensatedRounding): Int16Array {
  const { weight, depth, columns, scaleOf, zeroPointOf, codes, moments, damping = 0.01 } = options;
  const order = Array.from({ length: depth }, (_, index) => index).sort((a, b) => moments[b * depth + b]! - moments[a * depth + a]!);
  // Rows and columns from the last to be rounded to the first: the triangle L with H = L L^T is R then, read backwards.
  const lower = damping < Number.POSITIVE_INFINITY ? cholesky(damped(moments, order.toReversed(), damping), depth) : undefined;
  const open = Float64Array.from(weight);
  const taken = new Float64Array(columns);
  const result = new Int16Array(weight.length);
  for (let step = 0; step < depth; step++) {
    const row = order[step]! * columns;
    for (let column = 0; column < columns; column++) {
      const position = row + column;
      const [scale, zeroPoint] = [scaleOf(position), zeroPointOf(position)];
      const code = Math.min(Math.max(roundHalfEven(open[position]! / scale) + zeroPoint, codes.min), codes.max);
      result[position] = code;
      taken[column] = weight[position]! - (code - zeroPoint) * scale;
    }
    if (!lower) continue;
    const own = (depth - 1 - step) * depth;
    for (let later = step + 1; later < depth; later++) {
      const backwards = depth - 1 - later;
      const share = lower[own + backwards]! / lower[backwards * depth + backwards]!;
      if (share === 0) continue;
      const to = order[later]! * columns;
      for (let column = 0; column < columns; column++) open[to + column]! += taken[column]! * share;
    }
  }
  return result;
}

function damped(moments: Float32Array, order: readonly number[], damping: number): Float64Array {
  const depth = order.length;
  let mean = 0;
  for (let index = 0; index < depth; index++) mean += moments[index * depth + index]! / depth;
  const extra = mean > 0 ? damping * mean : 1;
  const result = new Float64Array(depth * depth);
  for (let row = 0; row < depth; row++) {
    const start = order[row]! * depth;
    for (let column = 0; column < depth; column++) result[row * depth + column] = moments[start + order[column]!]!;
    result[row * depth + row]! += extra;
  }
  return result;
}
