/**
 * The range whose quantization error is least, E[(x - Q(x))^2] over a histogram.
 *
 * Values are taken as evenly spread inside a bin, so the error of a bin is a difference of the antiderivative of the
 * squared error. On a grid with step s, x = (k + r) s with r in [-1/2, 1/2] has the antiderivative k s^3 / 12 + (r s)^3 / 3;
 * outside the grid it is the cube of the distance to its end over 3. This is exact for steps finer and coarser than the
 * bins alike. The search shrinks both ends by one factor, then each end alone.
 */
import type { TensorConfig } from "../spec/index.ts";
import { codeRange } from "./code-range.ts";
import { type AffineParameters, encodeRange } from "./encode-range.ts";
import type { Histogram } from "./histogram.ts";
import type { Range } from "./range.ts";
import { roundHalfEven } from "./rounding.ts";

type Grid = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

const coarse = Array.from({ length: 40 }, (_, index) => 1 - index * 0.024);
const fine = [1.08, 1.04, 1.02, 0.98, 0.96, 0.92, 0.88, 0.8];

export function mseRange(histogram: Histogram, config: Grid): Range {
  const full = histogram.range;
  if (histogram.total === 0) return full;
  const bins = occupied(histogram);
  const error = (range: Range): number => gridError(bins, encodeRange(range, config), config);
  const inside = ({ min, max }: Range): Range => ({ min: Math.max(min, full.min), max: Math.min(max, full.max) });
  let best = full;
  let least = error(full);
  const consider = (range: Range): void => {
    const candidate = inside(range);
    const candidateError = error(candidate);
    if (candidateError < least) [best, least] = [candidate, candidateError];
  };
  for (const factor of coarse) consider({ min: full.min * factor, max: full.max * factor });
  for (const factor of fine) consider({ min: best.min, max: best.max * factor });
  for (const factor of fine) consider({ min: best.min * factor, max: best.max });
  for (const factor of fine) consider({ min: best.min, max: best.max * factor });
  return best;
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

/** Summed squared error times the width of a bin. */
function gridError({ start, width, counts }: Bins, { scale, zeroPoint }: AffineParameters, grid: Grid): number {
  const codes = codeRange(grid);
  const low = (codes.min - zeroPoint) * scale;
  const high = (codes.max - zeroPoint) * scale;
  const perStep = scale ** 3 / 12;
  const integral = (value: number): number => {
    const inside = Math.min(Math.max(value, low), high);
    const steps = roundHalfEven(inside / scale);
    return steps * perStep + (inside - steps * scale) ** 3 / 3 + (value - inside) ** 3 / 3;
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
