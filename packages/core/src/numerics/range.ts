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

/** Both ends moved inside `bounds`; zero counts as inside. */
export function clampTo(range: Range, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Partial<Range>): Range {
  const inside = (value: number): number => Math.min(Math.max(value, Math.min(min, 0)), Math.max(max, 0));
  return range.min > range.max ? range : { min: inside(range.min), max: inside(range.max) };
}

/** 0 x is NaN for NaN and infinities and 0 for everything else. */
export function isFinite32(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length & ~3;
  for (let index = 0; index < whole; index += 4) {
    a += values[index]! * 0;
    b += values[index + 1]! * 0;
    c += values[index + 2]! * 0;
    d += values[index + 3]! * 0;
  }
  for (let index = whole; index < values.length; index++) a += values[index]! * 0;
  return a + b + c + d === 0;
}

/** Negative zero counts as zero. Undefined when a value is NaN or infinite. */
export function finiteRangeOf(values: Float32Array): Range | undefined {
  // Numbers of an object would be boxed in the loop: six times slower.
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let poison = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
    poison += value * 0;
  }
  return Number.isNaN(poison) ? undefined : { min: min + 0, max: max + 0 };
}
