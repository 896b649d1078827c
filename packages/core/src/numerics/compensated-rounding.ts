/**
 * Rounding that makes up for itself: elements of the reduction axis are rounded one after the other, those that move the output most first, and the error
 * of each is taken over by the ones that are still open, so that the output moves least (OBQ, arXiv 2208.11580; GPTQ, arXiv
 * 2210.17323). With R upper triangular, H = R R^T, H the second moments of what is multiplied, and r what rounding takes from w, the output moves by
 * |R^T r|^2, and element d decides its d-th term (QuIP, arXiv 2307.13304, section 4):
 *
 *     rounded_d = round(w_d + sum over i before d of R_id r_i / R_dd)
 */
import { roundHalfEven } from "./rounding.ts";
import { elementsBySize, type SecondMoments } from "./second-moments.ts";

export interface CompensatedRounding {
  /** [depth, columns], row-major. */
  readonly weight: Float32Array;
  readonly depth: number;
  readonly columns: number;
  /** Of element `position` of `weight`. */
  readonly scaleOf: (position: number) => number;
  readonly zeroPointOf: (position: number) => number;
  readonly codes: { readonly min: number; readonly max: number };
  readonly moments: SecondMoments;
  /**
   * Added to the diagonal, in units of its mean: what was not seen on the data must not matter nothing at all. With infinity every element is rounded to
   * the nearest. Default 0.01.
   */
  readonly damping?: number;
}

export interface Rounded {
  /** In the layout of the weight. */
  readonly codes: Int16Array;
  /** How far the outputs of each column move, squared, in terms of the damped moments: [columns]. */
  readonly errors: Float64Array;
}

/** Where the moments cannot be inverted every element is rounded to the nearest. */
export function compensatedRounding(options: CompensatedRounding): Rounded {
  const { weight, depth, columns, scaleOf, zeroPointOf, codes, moments, damping = 0.01 } = options;
  const factor = moments.factor(damping);
  const order = factor?.order ?? elementsBySize(moments.values, depth);
  const lower = factor?.lower;
  const open = Float64Array.from(weight);
  const taken = new Float64Array(columns);
  const rounded = new Int16Array(weight.length);
  const errors = new Float64Array(columns);
  for (let step = 0; step < depth; step++) {
    const row = order[step]! * columns;
    const weighs = lower ? lower[(depth - 1 - step) * (depth + 1)]! ** 2 : moments.values[order[step]! * (depth + 1)]!;
    for (let column = 0; column < columns; column++) {
      const position = row + column;
      const [scale, zeroPoint] = [scaleOf(position), zeroPointOf(position)];
      const code = Math.min(Math.max(roundHalfEven(open[position]! / scale) + zeroPoint, codes.min), codes.max);
      const value = (code - zeroPoint) * scale;
      rounded[position] = code;
      taken[column] = weight[position]! - value;
      errors[column]! += (open[position]! - value) ** 2 * weighs;
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
  return { codes: rounded, errors };
}
