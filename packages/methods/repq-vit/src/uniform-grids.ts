/**
 * Uniform grids of k bits (RepQ-ViT, arXiv 2212.08254, 3.1), with c0 the lowest code:
 *
 *     delta = (max - min) / (2^k - 1)    zp = c0 + round(-min / delta)    x^ = (clip(round(x / delta) + zp) - zp) * delta
 *
 * That is the asymmetric scheme. Tensors with another one get the grid that their scheme makes of the same three ranges.
 */
import {
  type AffineEncoding,
  type AffineParameters,
  affineEncoding,
  codeRange,
  encodeRange,
  encodeWeight,
  floatValues,
  type Range,
  roundHalfEven,
  scaleCount,
  smallestScale,
  type Tensor,
  type TensorConfig,
  visitGroups,
  type WeightSite,
} from "@halftone/core";
import type { Settings } from "./options.ts";
import { closestGrid, percentileRanges } from "./percentiles.ts";

type Guard = Settings["zeroPointGuard"];

/** One grid for all values. */
export function tensorGrid(values: Float32Array, config: TensorConfig, guard: Guard): AffineEncoding {
  return gridOf(values, config, (range) => parametersOf(range, config, guard));
}

/**
 * A grid for one channel that no kernel will ever see: its zero point may be any integer, as in the paper. A channel that does not vary has the
 * smallest step.
 */
export function channelGrid(values: Float32Array, config: TensorConfig): AffineEncoding {
  return gridOf(values, config, ({ min, max }) => {
    const codes = codeRange(config);
    const scale = stepOf({ min, max }, config);
    return { scale, zeroPoint: codes.min + roundHalfEven(-min / scale) };
  });
}

/** As the site cuts it: per output channel, per tensor or in blocks. */
export function weightGrid(weight: Tensor, site: WeightSite, guard: Guard): AffineEncoding {
  const { config } = site;
  const extremes = encodeWeight(weight, site);
  const grids = slicesOf(weight, extremes).map((values, index): AffineParameters => {
    const own = { scale: extremes.scale[index]!, zeroPoint: extremes.zeroPoint[index]! };
    // What holds no weight has the step of its neighbours.
    if (values.every((value) => Math.abs(value) < smallestScale)) return own;
    const { scale, zeroPoint } = gridOf(values, config, (range) => parametersOf(range, config, guard, { narrow: config.bits > 4 }));
    return { scale: scale[0]!, zeroPoint: zeroPoint[0]! };
  });
  return { ...extremes, scale: grids.map(({ scale }) => scale), zeroPoint: grids.map(({ zeroPoint }) => zeroPoint) };
}

function gridOf(values: Float32Array, config: TensorConfig, parameters: (range: Range) => AffineParameters): AffineEncoding {
  const [first, ...others] = percentileRanges(values).map((range) => affineEncoding(config, [parameters(range)]));
  return closestGrid(values, [first!, ...others]);
}

function parametersOf(range: Range, config: TensorConfig, guard: Guard, options: { readonly narrow?: boolean } = {}): AffineParameters {
  const reachesZero = range.min <= 0 && range.max >= 0;
  if (guard === "include-zero" || config.scheme !== "asymmetric" || reachesZero || range.min === range.max) return encodeRange(range, config, options);
  const codes = codeRange(config);
  const scale = stepOf(range, config);
  return { scale, zeroPoint: Math.min(Math.max(codes.min + roundHalfEven(-range.min / scale), codes.min), codes.max) };
}

function stepOf({ min, max }: Range, { bits }: TensorConfig): number {
  return Math.fround(Math.max((max - min) / (2 ** bits - 1), smallestScale));
}

/** The values behind each scale. */
function slicesOf(weight: Tensor, layout: Pick<AffineEncoding, "axis" | "block">): readonly Float32Array[] {
  const values = floatValues(weight);
  const slices = Array.from({ length: scaleCount(weight.shape, layout) }, (): number[] => []);
  visitGroups(weight.shape, layout, (scale, start, count, stride) => {
    for (let index = 0; index < count; index++) slices[scale]!.push(values[start + index * stride]!);
  });
  return slices.map((slice) => Float32Array.from(slice));
}
