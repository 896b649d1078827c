import { type CompensatedRounding, compensatedRounding } from "./compensated-rounding.ts";
import { type Belief, bestBelief, pickColumns, quadratic, type Rest } from "./damping.ts";
import { type FittedRounding, fitScales } from "./fit-scales.ts";
import { type SecondMoments, secondMoments } from "./second-moments.ts";

export interface RoundingProblem extends Omit<CompensatedRounding, "moments" | "damping"> {
  /** Whether every column has a scale of its own, that may change. */
  readonly ownScales: boolean;
}

/**
 * `compensatedRounding` on the moments of all samples, believed as far as is best for rounding on one half of the samples and judging by the other. `halves` has of each half
 * the moments with rows counted as they matter, and after them those counted in other ways. Without two halves the first are believed, with the default damping.
 */
export async function roundByHalves(problem: RoundingProblem, halves: readonly (readonly SecondMoments[])[], rest: Rest): Promise<FittedRounding> {
  const [first, second] = halves;
  if (!first || !second) return rounded(problem, { moments: first![0]! }, rest);
  const some = someColumns(problem);
  const lossOf = (tried: Belief): number => judged(some, first, second, tried) + judged(some, second, first, tried);
  const { counting, damping } = await bestBelief(first.length, lossOf, rest);
  const sum = first[counting]!.values.map((value, index) => value + second[counting]!.values[index]!);
  return rounded(problem, { damping, moments: secondMoments(sum, problem.depth) }, rest);
}

/** With every element rounded to the nearest the scales are those that were searched. */
async function rounded(
  { ownScales, ...problem }: RoundingProblem,
  believed: Pick<CompensatedRounding, "moments" | "damping">,
  rest: Rest,
): Promise<FittedRounding> {
  const options = { ...problem, ...believed };
  if (ownScales && options.damping !== Number.POSITIVE_INFINITY) return fitScales(options, rest);
  return { ...compensatedRounding(options), factors: new Float64Array(problem.columns).fill(1) };
}

/** What rounding on the one half does to the outputs of the other. */
function judged(problem: RoundingProblem, seen: readonly SecondMoments[], other: readonly SecondMoments[], { counting, damping }: Belief): number {
  const { weight, depth, columns, scaleOf, zeroPointOf } = problem;
  const { codes } = compensatedRounding({ ...problem, damping, moments: seen[counting]! });
  const error = Float64Array.from(weight, (value, position) => value - (codes[position]! - zeroPointOf(position)) * scaleOf(position));
  return quadratic(error, other[0]!.values, depth, columns);
}

function someColumns(problem: RoundingProblem): RoundingProblem {
  const { weight, depth, columns, scaleOf, zeroPointOf } = problem;
  const pick = pickColumns(columns);
  return {
    ...problem,
    columns: pick.columns,
    weight: pick.from(weight, depth),
    scaleOf: (position) => scaleOf(pick.whole(position)),
    zeroPointOf: (position) => zeroPointOf(pick.whole(position)),
  };
}
