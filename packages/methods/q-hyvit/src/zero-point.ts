import { codeRange, type Range, roundHalfEven, type TensorConfig } from "@halftone/core";

/**
 * Whether a code can be the zero point of a range that is not extended to hold 0: s = (max - min) / (qmax - qmin), z = round(qmin - min / s). A range
 * on one side of zero has none: clamped, half of it or more would saturate (zero-point overflow, arXiv 2303.12557, section III).
 */
export function isLegalZeroPoint({ min, max }: Range, config: Pick<TensorConfig, "dtype" | "bits" | "scheme">): boolean {
  if (config.scheme !== "asymmetric" || max <= min) return true;
  const codes = codeRange(config);
  const zeroPoint = roundHalfEven(codes.min - (min * (codes.max - codes.min)) / (max - min));
  return zeroPoint >= codes.min && zeroPoint <= codes.max;
}
