/** The least and the largest value of something; empty when `min` is above `max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export const emptyRange: Range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };

export function unionOf(ranges: Iterable<Range>): Range {
  let { min, max } = emptyRange;
  for (const range of ranges) {
    min = Math.min(min, range.min);
    max = Math.max(max, range.max);
  }
  return { min, max };
}

/** What both have in common, but never less than zero itself. */
export function clampTo(range: Range, limit: Range): Range {
  return { min: Math.max(range.min, Math.min(limit.min, 0)), max: Math.min(range.max, Math.max(limit.max, 0)) };
}
