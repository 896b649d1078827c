/**
 * A range is cut at percentiles, and of three cuts the one counts whose grid keeps the values best:
 *
 *     max = quantile(x, p)    min = quantile(x, 1 - p)    p in {0.999, 0.9999, 0.99999}    least sum of (x - Q(x))^2
 *
 * (RepQ-ViT, arXiv 2212.08254; the percentiles are those of the authors' code.)
 */
import { type Encoding, fakeQuantize, type Range } from "@halftone/core";

const shares = [0.999, 0.9999, 0.99999];

/** The three candidates, the narrowest first. */
export function percentileRanges(values: Float32Array): readonly Range[] {
  const sorted = values.slice().sort();
  return shares.map((share) => ({ min: quantile(sorted, 1 - share), max: quantile(sorted, share) }));
}

/** The grid of least squared error; of equals the first. */
export function closestGrid<Grid extends Encoding>(values: Float32Array, grids: readonly [Grid, ...Grid[]]): Grid {
  let [best] = grids;
  let least = Number.POSITIVE_INFINITY;
  for (const grid of grids) {
    const error = squaredError(values, grid);
    if (error < least) [best, least] = [grid, error];
  }
  return best;
}

function squaredError(values: Float32Array, grid: Encoding): number {
  const rounded = fakeQuantize({ dtype: "float32", shape: [values.length], data: values }, grid).data as Float32Array;
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += (values[index]! - rounded[index]!) ** 2;
  return sum;
}

/** Interpolated between neighbours. */
function quantile(sorted: Float32Array, share: number): number {
  const rank = (sorted.length - 1) * share;
  const below = Math.floor(rank);
  const low = sorted[below]!;
  return low + (rank - below) * ((sorted[below + 1] ?? low) - low);
}
