/**
 * From a range of real values to scale and zero point.
 *
 * Every range is first extended to hold 0, so that zero (padding, dead units) has an exact code and the zero point is
 * always legal. With n = qmax - qmin steps and a = max(|min|, |max|):
 *
 *     asymmetric        scale = (max - min) / n    zeroPoint = round(qmin - min / scale)
 *     symmetric         scale = 2 a / n            zeroPoint = 0, or the middle code of an unsigned type
 *     symmetric-uint8   [0, max] with all codes when min = 0, else symmetric
 *     power-of-two      symmetric, scale = 2^ceil(log2(scale))
 *
 * The schemes and their names are those of the Glow compiler (Rotem et al., arXiv 1805.00907), which Quantune (arXiv
 * 2202.05048) searches over. A symmetric signed grid keeps its lowest code: 2 a / n puts both ends half a step outside
 * the grid, where they saturate with no more error than any rounding. With `narrow` the grid is [-qmax, qmax] and both
 * ends are exact; weights use it (see encode-weight.ts).
 */
import { QuantError, type TensorConfig } from "../spec/index.ts";
import { codeRange, isSigned } from "./code-range.ts";
import type { Range } from "./range.ts";
import { roundHalfEven } from "./rounding.ts";

/** Steps below float32 epsilon buy nothing and overflow what is divided by them. */
export const smallestScale = 2 ** -23;

export interface AffineParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface EncodeRangeOptions {
  /** A symmetric signed grid is [-qmax, qmax]. Default false. */
  readonly narrow?: boolean;
  /**
   * What happens to an asymmetric range on one side of zero, whose zero point no code can hold. `include-zero` extends it; `clamp` leaves it as it is and
   * takes the nearest code, so that of [2, 6] everything above 4 saturates: what published code does (zero-point overflow, arXiv
   * 2303.12557). Default `include-zero`.
   */
  readonly zeroPointGuard?: "include-zero" | "clamp";
}

/** The scale is a float32 value. A range that holds nothing but zero gets scale 1. */
export function encodeRange({ min, max }: Range, config: Pick<TensorConfig, "dtype" | "bits" | "scheme">, options: EncodeRangeOptions = {}): AffineParameters {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max)) {
    throw new QuantError("invalid-data", `A range from ${min} to ${max} cannot be encoded; both ends must be finite numbers in order.`, {
      details: { min: String(min), max: String(max) },
    });
  }
  const isKept = options.zeroPointGuard === "clamp" && config.scheme === "asymmetric" && min < max;
  const low = isKept ? min : Math.min(min, 0);
  const high = isKept ? max : Math.max(max, 0);
  const codes = codeRange(config);
  const usesAllCodes = config.scheme === "asymmetric" || (config.scheme === "symmetric-uint8" && low === 0);
  if (usesAllCodes) {
    const scale = floored((high - low) / (codes.max - codes.min));
    // Rounding may answer -0, which JSON does not keep.
    const zeroPoint = Math.min(Math.max(roundHalfEven(codes.min - low / scale), codes.min), codes.max) + 0;
    return { scale, zeroPoint: high === low ? centre(config) : zeroPoint };
  }
  const steps = options.narrow && isSigned(config.dtype) ? 2 * codes.max : codes.max - codes.min;
  const scale = floored((2 * Math.max(-low, high)) / steps);
  return { scale: config.scheme === "power-of-two" ? powerOfTwoAbove(scale) : scale, zeroPoint: centre(config) };
}

function centre({ dtype, bits }: Pick<TensorConfig, "dtype" | "bits">): number {
  return isSigned(dtype) ? 0 : 2 ** (bits - 1);
}

function floored(scale: number): number {
  return scale === 0 ? 1 : Math.fround(Math.max(scale, smallestScale));
}

/** At most 2^127, the largest that float32 holds. */
function powerOfTwoAbove(scale: number): number {
  const power = 2 ** Math.ceil(Math.log2(scale));
  return Math.min(power / 2 >= scale ? power / 2 : power < scale ? power * 2 : power, 2 ** 127);
}
