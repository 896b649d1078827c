/**
 * What to add to a weight that multiplies disturbed elements, so that its products come closest to those of the undisturbed ones (ridge regression):
 *
 *     D = (H + damping)^-1 M        H the second moments of the elements, M what they have in common with what is missing
 *
 * Found on few samples, part of it is chance. Found on one half of them it is measured on the other, where the share a of it that helps most is
 *
 *     a = <D, M'> / <D, H' D>
 *
 * Both halves are asked, and what all samples say is taken to that share.
 */
import { solvePositive } from "./cholesky.ts";
import { dot, quadratic } from "./damping.ts";

/** Of one half of the samples. */
export interface HalfMoments {
  /** [depth, depth] */
  readonly second: Float32Array;
  /** [depth, columns] */
  readonly missing: Float32Array;
}

/** Added to the diagonal, in units of its mean. */
const damping = 0.01;

/** [depth, columns]; undefined where nothing carries over from one half to the other, or the moments cannot be inverted. */
export function leastSquaresChange(halves: readonly HalfMoments[], depth: number, columns: number): Float64Array | undefined {
  const share = carriedOver(halves, depth, columns);
  if (!(share > 0)) return undefined;
  return changeOf(sumOf(halves), depth, columns)?.map((value) => share * value);
}

/** 0 to 1. */
function carriedOver([first, second]: readonly HalfMoments[], depth: number, columns: number): number {
  if (!first || !second) return 0;
  let [helped, cost] = [0, 0];
  for (const [found, seen] of [
    [first, second],
    [second, first],
  ] as const) {
    const change = changeOf(found, depth, columns);
    if (!change) return 0;
    helped += dot(change, seen.missing);
    cost += quadratic(change, seen.second, depth, columns);
  }
  return cost > 0 ? Math.min(Math.max(helped / cost, 0), 1) : 0;
}

function changeOf({ second, missing }: HalfMoments, depth: number, columns: number): Float64Array | undefined {
  const matrix = Float64Array.from(second);
  let mean = 0;
  for (let index = 0; index < depth; index++) mean += matrix[index * depth + index]! / depth;
  for (let index = 0; index < depth; index++) matrix[index * depth + index]! += damping * mean;
  return solvePositive(matrix, depth, missing, columns);
}

function sumOf(halves: readonly HalfMoments[]): HalfMoments {
  const [first, ...others] = halves as [HalfMoments, ...HalfMoments[]];
  const sum = (values: Float32Array, pick: (half: HalfMoments) => Float32Array): Float32Array =>
    values.map((value, index) => others.reduce((total, half) => total + pick(half)[index]!, value));
  return { second: sum(first.second, ({ second }) => second), missing: sum(first.missing, ({ missing }) => missing) };
}
