/**
 * What to add to a weight that multiplies disturbed elements, so that its products come closest to those of the undisturbed ones (ridge regression):
 *
 *     D = (H + damping)^-1 M        H the second moments of the elements, M what they have in common with what is missing
 *
 * Found on few samples, part of it is chance. Found on one half of them it is measured on the other, where the share a of it that helps most is
 *
 *     a = <D, M'> / <D, H' D>
 *
 * Both halves are asked, with several dampings; what all samples say is taken with the damping and to the share that helped most.
 */
import { solvePositive } from "./cholesky.ts";
import { bestDamping, dot, quadratic } from "./damping.ts";

/** Of one half of the samples. */
export interface HalfMoments {
  /** [depth, depth] */
  readonly second: Float32Array;
  /** [depth, columns] */
  readonly missing: Float32Array;
}

/** The damping is found with so many columns at most. */
const judgedColumns = 32;

/** [depth, columns]; undefined where nothing carries over from one half to the other, or the moments cannot be inverted. */
export function leastSquaresChange(halves: readonly HalfMoments[], depth: number, columns: number): Float64Array | undefined {
  const [first, second] = halves;
  if (!first || !second) return undefined;
  const stride = Math.ceil(columns / judgedColumns);
  const some = [first, second].map((half) => ({ ...half, missing: everyColumn(half.missing, columns, stride) })) as [HalfMoments, HalfMoments];
  const carried = new Map<number, Carried>();
  const damping = bestDamping((tried) => {
    carried.set(tried, carriedOver(some, { depth, columns: Math.ceil(columns / stride), damping: tried }));
    return -carried.get(tried)!.gain;
  });
  const { share } = carried.get(damping)!;
  if (!(share > 0)) return undefined;
  return changeOf(sumOf(halves), { depth, columns, damping })?.map((value) => share * value);
}

interface Carried {
  /** 0 to 1. */
  readonly share: number;
  /** By how much the error of both halves becomes less; below zero where it cannot be told. */
  readonly gain: number;
}

interface Ridge {
  readonly depth: number;
  readonly columns: number;
  readonly damping: number;
}

function carriedOver([first, second]: readonly [HalfMoments, HalfMoments], ridge: Ridge): Carried {
  let [helped, cost] = [0, 0];
  for (const [found, seen] of [
    [first, second],
    [second, first],
  ] as const) {
    const change = changeOf(found, ridge);
    if (!change) return { share: 0, gain: Number.NEGATIVE_INFINITY };
    helped += dot(change, seen.missing);
    cost += quadratic(change, seen.second, ridge.depth, ridge.columns);
  }
  const share = cost > 0 ? Math.min(Math.max(helped / cost, 0), 1) : 0;
  return { share, gain: 2 * share * helped - share ** 2 * cost };
}

/** Every so many columns of [depth, columns]. */
function everyColumn(values: Float32Array, columns: number, stride: number): Float32Array {
  return values.filter((_, position) => (position % columns) % stride === 0);
}

function changeOf({ second, missing }: HalfMoments, { depth, columns, damping }: Ridge): Float64Array | undefined {
  if (damping === Number.POSITIVE_INFINITY) return new Float64Array(depth * columns);
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
