/**
 * Rounding that makes up for itself: elements of the reduction axis are rounded one after the other, those that move the output most first, and the error
 * of each is taken over by the ones that are still open, so that the output moves least (OBQ, arXiv 2208.11580; GPTQ, arXiv
 * 2210.17323). With U upper triangular, H^-1 = U^T U, H the second moments of what is multiplied:
 *
 *     e = (w_d - rounded(w_d)) / U_dd        w_k -= e U_dk   for k after d
 */
import { inverseCholesky } from "./cholesky.ts";
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
}

/** Added to the diagonal, in units of its mean: what was not seen on the data must not matter nothing at all. */
const damping = 0.01;

/** Codes in the layout of the weight. Where the moments cannot be inverted every element is rounded to the nearest. */
export function compensatedRounding(options: CompensatedRounding): Int16Array {
  const { weight, depth, columns, scaleOf, zeroPointOf, codes, moments } = options;
  const order = Array.from({ length: depth }, (_, index) => index).sort((a, b) => moments[b * depth + b]! - moments[a * depth + a]!);
  const factor = inverseCholesky(damped(moments, depth, order), depth);
  const open = Float64Array.from(weight);
  const result = new Int16Array(weight.length);
  for (let step = 0; step < depth; step++) {
    const row = order[step]!;
    for (let column = 0; column < columns; column++) {
      const position = row * columns + column;
      const [scale, zeroPoint] = [scaleOf(position), zeroPointOf(position)];
      const code = Math.min(Math.max(roundHalfEven(open[position]! / scale) + zeroPoint, codes.min), codes.max);
      result[position] = code;
      open[position] = open[position]! - (code - zeroPoint) * scale;
    }
    if (!factor) continue;
    const own = factor[step * depth + step]!;
    for (let later = step + 1; later < depth; later++) {
      const share = factor[step * depth + later]! / own;
      if (share === 0) continue;
      const [from, to] = [row * columns, order[later]! * columns];
      for (let column = 0; column < columns; column++) open[to + column]! -= open[from + column]! * share;
    }
  }
  return result;
}

function damped(moments: Float32Array, depth: number, order: readonly number[]): Float64Array {
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
