/**
 * The range whose quantization error is least, E[(x - Q(x))^2] over a histogram.
 *
 * Values are taken as evenly spread inside a bin, so the error of a bin is a difference of the antiderivative of the
 * squared error. On a grid with step s, x = (k + r) s with r in [-1/2, 1/2] has the antiderivative k s^3 / 12 + (r s)^3 / 3;
 * outside the grid it is the cube of the distance to its end over 3. This is exact for steps finer and coarser than the
 * bins alike. The search shrinks both ends by one factor, then each end alone, then refines.
 */
import type { TensorConfig } from "../spec/index.ts";
import { codeRange } from "./code-range.ts";
import { type AffineParameters, encodeRange } from "./encode-range.ts";
import type { Histogram } from "./histogram.ts";
import type { Range } from "./range.ts";

type Grid = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

/** Down to 1 / 32 of the observed range. */
const coarse = Array.from({ length: 41 }, (_, index) => 2 ** (-index / 8));
const fine = [1.06, 1.03, 1.015, 0.985, 0.97, 0.94];

export function mseRange(histogram: Histogram, config: Grid): Range {
  if (histogram.total === 0) return histogram.range;
  const full = { min: Math.min(histogram.range.min, 0), max: Math.max(histogram.range.max, 0) };
  const inside = (range: Range): Range => ({ min: Math.max(range.min, full.min), max: Math.min(range.max, full.max) });
  const bins = occupied(histogram);

  const rough = leastOf(coarsened(bins), config, full);
  for (const factor of coarse) rough.consider({ min: full.min * factor, max: full.max * factor });
  if (full.min < 0 && full.max > 0) {
    for (const factor of coarse) rough.consider({ min: rough.best().min, max: full.max * factor });
    for (const factor of coarse) rough.consider({ min: full.min * factor, max: rough.best().max });
  }
  const exact = leastOf(bins, config, rough.best());
  for (const factor of fine) exact.consider(inside({ min: exact.best().min, max: exact.best().max * factor }));
  for (const factor of fine) exact.consider(inside({ min: exact.best().min * factor, max: exact.best().max }));
  return exact.best();
}

function leastOf(bins: Bins, config: Grid, first: Range) {
  const errorOf = (range: Range): number => gridError(bins, encodeRange(range, config), config);
  let best = first;
  let least = errorOf(first);
  return {
    best: () => best,
    consider: (range: Range): void => {
      const error = errorOf(range);
      if (error < least) [best, least] = [range, error];
    },
  };
}

interface Bins {
  /** Lower edge of the first bin. */
  readonly start: number;
  readonly width: number;
  readonly counts: Float64Array;
}

function occupied({ counts, width }: Histogram): Bins {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return { start: (first - counts.length / 2) * width, width, counts: counts.subarray(first, last + 1) };
}

/** A quarter of the bins: enough to find the valley that is then searched exactly. */
function coarsened({ start, width, counts }: Bins): Bins {
  const merged = new Float64Array(Math.ceil(counts.length / 4));
  counts.forEach((count, index) => {
    merged[index >> 2]! += count;
  });
  return { start, width: width * 4, counts: merged };
}

/** Summed squared error times the width of a bin. */
function gridError({ start, width, counts }: Bins, { scale, zeroPoint }: AffineParameters, grid: Grid): number {
  const codes = codeRange(grid);
  const low = (codes.min - zeroPoint) * scale;
  const high = (codes.max - zeroPoint) * scale;
  const perStep = scale ** 3 / 12;
  const integral = (value: number): number => {
    const inside = Math.min(Math.max(value, low), high);
    const steps = Math.floor(inside / scale + 0.5);
    return steps * perStep + (cube(inside - steps * scale) + cube(value - inside)) / 3;
  };
  let sum = 0;
  let below = integral(start);
  for (let index = 0; index < counts.length; index++) {
    const above = integral(start + (index + 1) * width);
    sum += counts[index]! * (above - below);
    below = above;
  }
  return sum;
}

const cube = (value: number): number => value * value * value;
