import type { Histogram } from "./histogram.ts";
import { clampTo, type Range } from "./range.ts";

/** The histogram of the values after clipping them to `bounds`, to the precision of a bin. Zero always lies within. */
export function limitHistogram(histogram: Histogram, bounds: Partial<Range>): Histogram {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bounds;
  const { counts, width, range } = histogram;
  if (range.min >= min && range.max <= max) return histogram;
  const middle = counts.length / 2;
  const first = Math.max(Math.floor(Math.min(min, 0) / width) + middle, 0);
  const last = Math.min(Math.ceil(Math.max(max, 0) / width) + middle, counts.length) - 1;
  const limited = new Float64Array(counts.length);
  counts.forEach((count, bin) => {
    limited[Math.min(Math.max(bin, first), Math.max(last, middle))]! += count;
  });
  return { ...histogram, counts: limited, range: clampTo(range, bounds) };
}
