import type { Measured } from "../measured.ts";

/** Scores closer than this are one score. */
const same = 1e-9;

/**
 * What a regret (distance to the workload's best score) is worth: the mean over workloads of 1 / (1 + how many of its candidates have less). 1 for the
 * best, near 0 for most. The reciprocal rank needs no unit and no constant, it tells candidates near the optimum apart, and how bad a bad one is does not
 * matter.
 */
export function closenessOf(workloads: readonly Measured[]): (regret: number) => number {
  const regrets = workloads.map(({ rows, best }) => Float64Array.from(rows, ({ score }) => best - score).sort());
  return (regret) => regrets.reduce((sum, sorted) => sum + 1 / (1 + countBelow(sorted, regret - same)), 0) / regrets.length;
}

function countBelow(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
