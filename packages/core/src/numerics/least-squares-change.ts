/**
 * What to add to a weight that multiplies disturbed elements, so that its products come closest to those of the undisturbed ones (ridge regression):
 *
 *     D = (H + damping)^-1 M        H the second moments of the elements, M what they have in common with what is missing
 *
 * Found on few samples, part of it is chance. Found on one half of them it is measured on the other, where the share a of it that helps most is
 *
 *     a = <D, M'> / <D, H' D>
 *
 * Both halves are asked, with moments damped and rows counted as helps most, and what all samples say is taken to that share.
 */
import { solveInPlace } from "./cholesky.ts";
import { type Belief, bestBelief, dot, pickColumns, quadratic, type Rest } from "./damping.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";

/** Of one half of the samples, with rows counted in one way. */
export interface HalfMoments {
  readonly second: SecondMoments;
  /** [depth, columns] */
  readonly missing: Float32Array;
}

/**
 * [depth, columns]; undefined where nothing carries over from one half to the other, or the moments cannot be inverted. `halves` has of each half the moments with rows
 * counted as they matter, and after them those counted in other ways.
 */
export async function leastSquaresChange(
  halves: readonly (readonly HalfMoments[])[],
  { depth, columns, rest }: { readonly depth: number; readonly columns: number; readonly rest: Rest },
): Promise<Float64Array | undefined> {
  const pick = pickColumns(columns);
  const some = halves.map((countings) => countings.map(({ second, missing }) => ({ second, missing: pick.from(missing, depth) })));
  const belief = await bestBelief(halves[0]!.length, (tried) => -carriedOver(some, depth, pick.columns, tried).helps, rest);
  const { share } = carriedOver(halves, depth, columns, belief);
  await rest();
  if (!(share > 0)) return undefined;
  const all = sumOf(
    halves.map((countings) => countings[belief.counting]!),
    depth,
  );
  return changeOf(all, depth, columns, belief.damping)?.map((value) => share * value);
}

/** The share, 0 to 1, and how much less the squared error then is on the halves that did not find the change. */
interface CarriedOver {
  readonly share: number;
  readonly helps: number;
}

const nothing: CarriedOver = { share: 0, helps: 0 };

function carriedOver([first, second]: readonly (readonly HalfMoments[])[], depth: number, columns: number, { counting, damping }: Belief): CarriedOver {
  if (!first || !second) return nothing;
  let [helped, cost] = [0, 0];
  for (const [found, seen] of [
    [first[counting]!, second[0]!],
    [second[counting]!, first[0]!],
  ] as const) {
    const change = changeOf(found, depth, columns, damping);
    if (!change) return nothing;
    helped += dot(change, seen.missing);
    cost += quadratic(change, seen.second.values, depth, columns);
  }
  if (!(helped > 0 && cost > 0)) return nothing;
  const share = Math.min(helped / cost, 1);
  return { share, helps: share * (2 * helped - share * cost) };
}

function changeOf({ second, missing }: HalfMoments, depth: number, columns: number, damping: number): Float64Array | undefined {
  const factor = second.factor(damping);
  if (!factor) return undefined;
  const { order, lower } = factor;
  const placed = Float64Array.from({ length: depth * columns }, (_, index) => missing[placeOf(index)]!);
  solveInPlace(lower, depth, placed, columns);
  const change = new Float64Array(depth * columns);
  placed.forEach((value, index) => {
    change[placeOf(index)] = value;
  });
  return change;

  /** The factor has the elements backwards. */
  function placeOf(index: number): number {
    return order[depth - 1 - Math.floor(index / columns)]! * columns + (index % columns);
  }
}

function sumOf([first, ...others]: readonly HalfMoments[], depth: number): HalfMoments {
  const sum = (pick: (half: HalfMoments) => Float32Array): Float32Array =>
    pick(first!).map((value, index) => others.reduce((total, half) => total + pick(half)[index]!, value));
  return {
    second: secondMoments(
      sum(({ second }) => second.values),
      depth,
    ),
    missing: sum(({ missing }) => missing),
  };
}
