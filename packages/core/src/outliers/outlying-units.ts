import type { Range } from "../numerics/index.ts";

/** How many times as far as all others: three bits of a grid that holds both. */
const leastRatio = 8;
/** Of so many units at most one is an outlier; of fewer none. */
const unitsPerOutlier = 32;
const mostOutliers = 8;

/** The units of a hidden layer that reach at least eight times as far as every other one, ascending; as many as do. */
export function outlyingUnits(ranges: readonly Range[]): readonly number[] {
  const reach = ranges.map(({ min, max }) => Math.max(-min, max));
  const order = [...reach.keys()].sort((one, other) => reach[other]! - reach[one]!);
  for (let count = Math.min(mostOutliers, Math.floor(ranges.length / unitsPerOutlier)); count > 0; count--) {
    const [last, next] = [reach[order[count - 1]!]!, reach[order[count]!]!];
    if (next > 0 && last >= leastRatio * next) return order.slice(0, count).sort((one, other) => one - other);
  }
  return [];
}
