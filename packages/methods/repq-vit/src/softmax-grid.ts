/**
 * Attention weights lie on a logarithmic grid of base sqrt2 (RepQ-ViT, arXiv 2212.08254, 3.4):
 *
 *     q = round(-2 log2(x / delta))    x^ = delta 2^(-q / 2), and 0 for q >= 2^k
 *
 * In integers that is 2^(-ceil(q / 2)), times sqrt2 for odd q: the paper's form for log2 hardware. delta is one of the three percentiles, by squared error.
 */
import type { LogEncoding, TensorConfig } from "@halftone/core";
import { closestGrid, percentileRanges } from "./percentiles.ts";

export function softmaxGrid(values: Float32Array, { bits }: TensorConfig): LogEncoding {
  const [first, ...others] = percentileRanges(values).flatMap(({ max }) => (max > 0 ? [gridOf(max)] : []));
  // So few weights are not zero that every percentile is.
  if (!first) return gridOf(values.reduce((most, value) => Math.max(most, value), 0) || 1);
  return closestGrid(values, [first, ...others]);

  function gridOf(scale: number): LogEncoding {
    return { kind: "log", base: "sqrt2", bits, scale: Math.fround(scale), rounding: "nearest" };
  }
}
