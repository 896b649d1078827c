/**
 * The grids of PTQ4ViT (arXiv 2111.12293) for k bits.
 *
 *     uniform     codes -2^(k-1) .. 2^(k-1) - 1, step max|x| / (2^(k-1) - 0.5) to start from
 *     Softmax     two grids, split at t = 2^-m, the upper one up to 1
 *     activation  two grids, split at zero, the upper one with step max x / (2^(k-1) - 0.5) to start from
 *
 * Two grids are k bits in all (3.2 of the paper): core's `shareTwin` and `activationTwin`.
 */
import { type ActivationMinimum, type AffineEncoding, activationTwin, affineEncoding, encodeRange, type TensorConfig, type TwinEncoding } from "@halftone/core";

type Container = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

/** Zero is the middle code, 0 of a signed type. `largest` is the largest magnitude. */
export function uniformGrid(largest: number, config: Container): AffineEncoding {
  return affineEncoding(config, [encodeRange({ min: -largest, max: largest }, { ...config, scheme: schemeOf(config) })]);
}

/**
 * All codes from zero on, where an integer kernel does a Relu by the end of its grid: the paper's networks have none, and behind a symmetric grid
 * the kernel would be a float one.
 */
export function gridFromZero(largest: number, config: Container): AffineEncoding {
  return affineEncoding(config, [encodeRange({ min: 0, max: largest }, { ...config, scheme: "symmetric-uint8" })]);
}

export interface ActivationRange extends ActivationMinimum {
  readonly largest: number;
}

/** The step from zero on is `factor` times that of the largest value. */
export function activationGrid({ largest, ...range }: ActivationRange, factor: number, config: Container): TwinEncoding {
  return activationTwin(range, uniformGrid(largest, config).scale[0]! * factor, config);
}

/** Symmetric whatever was configured, for these are the method's own grids. */
function schemeOf({ scheme }: Container): TensorConfig["scheme"] {
  return scheme === "power-of-two" ? scheme : "symmetric";
}
