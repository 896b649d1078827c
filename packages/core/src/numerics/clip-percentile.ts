import type { Histogram } from "./histogram.ts";
import type { Range } from "./range.ts";

/**
 * The range that leaves out the outermost values: half of 100 - `percentile` percent at each end, all of it at the one
 * end where values lie. Inside a bin values are taken as evenly spread.
 */
export function percentileRange(histogram: Histogram, percentile: number): Range {
  const { range, total } = histogram;
  const oneSided = range.min >= 0 || range.max <= 0;
  const cut = (total * (1 - percentile / 100)) / (oneSided ? 1 : 2);
  const within = (value: number): number => Math.min(Math.max(value, range.min), range.max);
  return {
    min: range.min >= 0 ? range.min : within(quantile(histogram, cut)),
    max: range.max <= 0 ? range.max : within(quantile(histogram, total - cut)),
  };
}

/** The value with `rank` values below it. */
function quantile({ counts, width, range }: Histogram, rank: number): number {
  let below = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]!;
    if (count > 0 && below + count >= rank) return (index - counts.length / 2 + (rank - below) / count) * width;
    below += count;
  }
  return range.max;
}
