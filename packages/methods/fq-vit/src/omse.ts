/**
 * The range of least squared error among 90: with f = 1, 0.99, 0.98 ... 0.11,
 *
 *     range(f) = [f min, f max]    f* = argmin sum (x - Q_f(x))^2
 *
 * (The OMSE observer of FQ-ViT, arXiv 2111.13824; the criterion of Choukroun et al., arXiv 1902.06822.) Core's `mseRange` searches each end
 * alone as well and would be another method. Values are taken at the middle of their bin, of which one step holds several at
 * any f; exact zeros have no error on any grid.
 */
import { type AffineParameters, codeRange, type Histogram, type Range, roundHalfEven, type TensorConfig } from "@halftone/core";

type Grid = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

const shrinkSteps = 90;

/** `encode` is how a range becomes a grid. */
export function leastErrorRange(histogram: Histogram, config: Grid, encode: (range: Range) => AffineParameters): Range {
  const { range, total } = histogram;
  if (total === 0) return range;
  let best = range;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < shrinkSteps; step++) {
    const factor = 1 - step / 100;
    const candidate = { min: range.min * factor, max: range.max * factor };
    const error = squaredError(histogram, config, encode(candidate));
    if (error < least) [best, least] = [candidate, error];
  }
  return best;
}

function squaredError({ counts, width, zeros }: Histogram, grid: Grid, { scale, zeroPoint }: AffineParameters): number {
  const codes = codeRange(grid);
  const middle = counts.length / 2;
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = bin === middle ? counts[bin]! - zeros : counts[bin]!;
    if (count === 0) continue;
    const value = (bin - middle + 0.5) * width;
    const code = Math.min(Math.max(roundHalfEven(value / scale), codes.min - zeroPoint), codes.max - zeroPoint);
    sum += count * (value - code * scale) ** 2;
  }
  return sum;
}
