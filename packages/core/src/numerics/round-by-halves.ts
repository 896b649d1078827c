import { type CompensatedRounding, compensatedRounding } from "./compensated-rounding.ts";
import { bestDamping, quadratic } from "./damping.ts";

export type RoundingProblem = Omit<CompensatedRounding, "moments" | "damping">;

/** The damping is found with so many columns at most. */
const judgedColumns = 32;

/**
 * `compensatedRounding` on the moments of all samples, damped as much as is best for rounding on one half of the samples and judging by the other. Without two halves
 * the damping is its default.
 */
export function roundByHalves(problem: RoundingProblem, halves: readonly Float32Array[]): Int16Array {
  const [first, second] = halves;
  if (!first || !second) return compensatedRounding({ ...problem, moments: first! });
  const some = someColumns(problem);
  const damping = bestDamping((tried) => judged(some, { seen: first, other: second, tried }) + judged(some, { seen: second, other: first, tried }));
  return compensatedRounding({ ...problem, damping, moments: first.map((value, index) => value + second[index]!) });
}

interface Halves {
  readonly seen: Float32Array;
  readonly other: Float32Array;
  readonly tried: number;
}

/** What rounding on the one half does to the outputs of the other. */
function judged(problem: RoundingProblem, { seen, other, tried }: Halves): number {
  const { weight, depth, columns, scaleOf, zeroPointOf } = problem;
  const codes = compensatedRounding({ ...problem, damping: tried, moments: seen });
  const error = Float64Array.from(weight, (value, position) => value - (codes[position]! - zeroPointOf(position)) * scaleOf(position));
  return quadratic(error, other, depth, columns);
}

function someColumns(problem: RoundingProblem): RoundingProblem {
  const { weight, depth, columns, scaleOf, zeroPointOf } = problem;
  const stride = Math.ceil(columns / judgedColumns);
  if (stride === 1) return problem;
  const kept = Math.ceil(columns / stride);
  const whole = (position: number): number => Math.floor(position / kept) * columns + (position % kept) * stride;
  return {
    ...problem,
    columns: kept,
    weight: Float32Array.from({ length: depth * kept }, (_, position) => weight[whole(position)]!),
    scaleOf: (position) => scaleOf(whole(position)),
    zeroPointOf: (position) => zeroPointOf(whole(position)),
  };
}
