/**
 * The range, shrunk by one factor, whose sum of (x - Q(x))^2 over the values is least. Clipping error only grows as the
 * range shrinks, so the search ends as soon as it alone exceeds the least error found.
 */
import type { TensorConfig } from "../spec/index.ts";
import { codeRange } from "./code-range.ts";
import { type AffineParameters, encodeRange } from "./encode-range.ts";
import type { Range } from "./range.ts";

type Grid = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

const smallestFactor = 0.2;
const factorStep = 0.01;
const roundToEven = 1.5 * 2 ** 52;

export function shrinkToLeastError(values: Float32Array, range: Range, config: Grid, options: { readonly narrow?: boolean } = {}): Range {
  let best = range;
  let least = Number.POSITIVE_INFINITY;
  for (let factor = 1; factor > smallestFactor; factor -= factorStep) {
    const candidate = { min: range.min * factor, max: range.max * factor };
    const { error, clipped } = squaredError(values, encodeRange(candidate, config, options), config);
    if (error < least) [best, least] = [candidate, error];
    if (clipped > least) break;
  }
  return best;
}

function squaredError(values: Float32Array, { scale, zeroPoint }: AffineParameters, grid: Grid): { readonly error: number; readonly clipped: number } {
  const codes = codeRange(grid);
  const low = codes.min - zeroPoint;
  const high = codes.max - zeroPoint;
  const perUnit = 1 / scale;
  let error = 0;
  let clipped = 0;
  for (let index = 0; index < values.length; index++) {
    const steps = values[index]! * perUnit;
    const code = steps + roundToEven - roundToEven;
    if (code >= low && code <= high) error += (steps - code) * (steps - code);
    else clipped += code < low ? (steps - low) * (steps - low) : (steps - high) * (steps - high);
  }
  return { error: (error + clipped) * scale * scale, clipped: clipped * scale * scale };
}
