/**
 * The grids of PTQ4ViT (arXiv 2111.12293) for k bits.
 *
 *     uniform     codes -2^(k-1) .. 2^(k-1) - 1, step max|x| / (2^(k-1) - 0.5) to start from
 *     Softmax     x >= t:  codes 0 .. 2^(k-1) - 1, step 1 / (2^(k-1) - 1)
 *                 x < t:   codes 0 .. 2^(k-1) - 1, step t / (2^(k-1) - 1),     t = 2^-m
 *     activation  x >= 0:  codes 0 .. 2^(k-1) - 1, step max x / (2^(k-1) - 0.5) to start from
 *                 x < 0:   codes -2^(k-1) .. 0, step |minimum| / 2^(k-1)
 *
 * A twin (3.2 of the paper) is k bits in all: one tells the grids apart, k - 1 count steps. Zero belongs to both grids of an
 * activation, so that the 2^(k-1) codes below it and the 2^(k-1) from it on are 2^k.
 *
 * Steps are rounded up to powers of two where the configuration asks for that.
 */
import { type AffineEncoding, affineEncoding, codeRange, encodeRange, type IntegerDtype, type TensorConfig, type TwinEncoding } from "@halftone/core";

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

/** `split` is t, a power of two, at most 1. */
export function softmaxGrid(split: number, { dtype, bits, scheme }: Container): TwinEncoding {
  const step = scheme === "power-of-two" ? 2 ** (1 - bits) : 1 / (2 ** (bits - 1) - 1);
  return { kind: "twin", threshold: split, low: gridAbove(dtype, bits - 1, step * split), high: gridAbove(dtype, bits - 1, step) };
}

export interface ActivationRange {
  readonly largest: number;
  /** Below zero. */
  readonly minimum: number;
  /** Whether values may lie beyond the minimum, which then clips them. */
  readonly clips: boolean;
}

/** The step from zero on is `factor` times that of the largest value. */
export function activationGrid({ largest, minimum, clips }: ActivationRange, factor: number, config: Container): TwinEncoding {
  const { dtype, bits } = config;
  const high = gridAbove(dtype, bits - 1, uniformGrid(largest, config).scale[0]! * factor);
  return { kind: "twin", threshold: 0, low: gridBelow(-minimum / 2 ** (bits - 1), clips, config), high };
}

/** `2^bits` codes of which the first is zero. */
function gridAbove(dtype: IntegerDtype, bits: number, step: number): AffineEncoding {
  return affineEncoding({ dtype, bits }, [{ scale: Math.fround(step), zeroPoint: codeRange({ dtype, bits }).min }]);
}

/**
 * Codes from -2^(k-1) to zero, and more of them that no value reaches: a grid that ends at zero takes no operator to keep larger values
 * out. Only where values lie beyond the minimum does the grid have to end there, with zero as its middle code.
 */
function gridBelow(step: number, clips: boolean, { dtype, bits, scheme }: Container): AffineEncoding {
  const { min, max } = codeRange({ dtype, bits });
  const scale = scheme === "power-of-two" ? 2 ** Math.ceil(Math.log2(step)) : Math.fround(step);
  return affineEncoding({ dtype, bits }, [{ scale, zeroPoint: clips ? (min + max + 1) / 2 : max }]);
}

/** Symmetric whatever was configured, for these are the method's own grids. */
function schemeOf({ scheme }: Container): TensorConfig["scheme"] {
  return scheme === "power-of-two" ? scheme : "symmetric";
}
