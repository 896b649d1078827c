/**
 * From one grid per channel to one per layer (RepQ-ViT, arXiv 2212.08254, 3.3). With delta_c and zp_c of the channels, c0 the lowest code:
 *
 *     min_c  = (c0 - zp_c) delta_c
 *     delta~ = mean(delta_c)        zp~ = clamp(round(mean(zp_c)))    min~ = (c0 - zp~) delta~
 *     r_c    = delta_c / delta~     b_c = min_c / r_c - min~
 *     x'     = x / r_c - b_c
 *
 * x' of every channel lies where the layer-wise grid lies: from min~ on, in steps of delta~. The normalization in front computes x' (gamma / r,
 * beta / r - b) and the layer behind undoes it (W r, bias + W r b), both exactly. The zero point is made whole before b follows from it: any other
 * code would do as well, for b moves the channels to wherever the grid is.
 */
import { type AffineEncoding, affineEncoding, codeRange, type OperandPlan, roundHalfEven, smallestScale, type TensorConfig } from "@halftone/core";

/**
 * The smallest step beside the widest: a channel that hardly varies would be stretched without end, and b with it. At 2^-16 the float32 rounding
 * of beta / r - b stays within a step of the grid, for channels no farther from zero than the widest one reaches.
 */
const smallestShare = 2 ** -16;

/** `channels` has a grid for each channel along `axis`. Undefined where none of them varies. */
export function reparameterize(channels: readonly AffineEncoding[], axis: number, config: TensorConfig): OperandPlan | undefined {
  const lowest = codeRange(config).min;
  const grids = channels.map(({ scale, zeroPoint }) => ({ step: scale[0]!, minimum: (lowest - zeroPoint[0]!) * scale[0]! }));
  const widest = Math.max(...grids.map(({ step }) => step));
  if (widest <= smallestScale) return undefined;
  const steps = grids.map(({ step }) => Math.max(step, widest * smallestShare));
  const layerStep = layerStepOf(mean(steps), config);
  const zeroPoint = zeroPointOf(mean(grids.map(({ minimum }, channel) => lowest - minimum / steps[channel]!)), config);
  const layerMinimum = (lowest - zeroPoint) * layerStep;
  const scale = steps.map((step) => Math.fround(step / layerStep));
  const shift = grids.map(({ minimum }, channel) => Math.fround(minimum / scale[channel]! - layerMinimum));
  return { encoding: affineEncoding(config, [{ scale: layerStep, zeroPoint }]), rescaling: { axis, scale, shift } };
}

function layerStepOf(step: number, { scheme }: TensorConfig): number {
  return Math.fround(scheme === "power-of-two" ? 2 ** roundHalfEven(Math.log2(step)) : step);
}

/** Schemes with a zero point of their own keep it. */
function zeroPointOf(zeroPoint: number, config: TensorConfig): number {
  const { min, max } = codeRange(config);
  if (config.scheme !== "asymmetric") return (min + max + 1) / 2;
  return Math.min(Math.max(roundHalfEven(zeroPoint), min), max);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
