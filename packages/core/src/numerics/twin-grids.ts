/**
 * Two grids of k bits in all (PTQ4ViT, arXiv 2111.12293, 3.2): one bit tells the grids apart, k - 1 count steps.
 *
 *     shares      x >= t:  codes 0 .. 2^(k-1) - 1, step largest / (2^(k-1) - 1)
 *                 x < t:   codes 0 .. 2^(k-1) - 1, step t / (2^(k-1) - 1)
 *     activation  x >= 0:  codes 0 .. 2^(k-1) - 1
 *                 x < 0:   codes -2^(k-1) .. 0, step |minimum| / 2^(k-1)
 *     far         x >= t:  codes 0 .. 2^(k-1) - 1, step largest / (2^(k-1) - 1)
 *                 x < t:   2^(k-1) codes from the minimum to t
 *
 * Zero belongs to both grids of an activation, so that the 2^(k-1) codes below it and the 2^(k-1) from it on are 2^k. Steps are rounded
 * up to powers of two where the configuration asks for that.
 */
import type { AffineEncoding, IntegerDtype, TensorConfig, TwinEncoding } from "../spec/index.ts";
import { affineEncoding } from "./affine-encoding.ts";
import { codeRange } from "./code-range.ts";
import { encodeRange } from "./encode-range.ts";

type Container = Pick<TensorConfig, "dtype" | "bits" | "scheme">;

/** For values from 0 to `largest`, such as what a Softmax answers; `split` is t, below it. */
export function shareTwin(split: number, config: Container, largest = 1): TwinEncoding {
  const { dtype, bits, scheme } = config;
  // A power of two one code short of the end is twice as fine as the next one.
  const steps = scheme === "power-of-two" ? 2 ** (bits - 1) : 2 ** (bits - 1) - 1;
  const gridTo = (end: number): AffineEncoding => gridAbove(dtype, bits - 1, stepOf(end / steps, config));
  return { kind: "twin", threshold: split, low: gridTo(split), high: gridTo(largest) };
}

/** Where values of an activation below zero end. */
export interface ActivationMinimum {
  /** Below zero. */
  readonly minimum: number;
  /** Whether values may lie beyond the minimum, which then clips them. Default false. */
  readonly clips?: boolean;
}

/** For an activation such as GELU; `step` is that from zero on. */
export function activationTwin({ minimum, clips = false }: ActivationMinimum, step: number, config: Container): TwinEncoding {
  const { dtype, bits } = config;
  const low = gridBelow(stepOf(-minimum / 2 ** (bits - 1), config), clips, config);
  return { kind: "twin", threshold: 0, low, high: gridAbove(dtype, bits - 1, step) };
}

/**
 * For an activation of which a few values lie far from all others; `split` is t. Vision transformers have such a value for one token in one channel, a hundred times as
 * large as the rest.
 */
export function farTwin({ minimum }: Pick<ActivationMinimum, "minimum">, split: number, config: Container, largest: number): TwinEncoding {
  const half = { ...config, bits: config.bits - 1 };
  const low = affineEncoding(half, [encodeRange({ min: minimum, max: split }, half)]);
  return { kind: "twin", threshold: split, low, high: gridAbove(config.dtype, half.bits, stepOf(largest / (2 ** half.bits - 1), config)) };
}

function stepOf(step: number, { scheme }: Container): number {
  return scheme === "power-of-two" ? 2 ** Math.ceil(Math.log2(step)) : step;
}

/** `2^bits` codes of which the first is zero. */
function gridAbove(dtype: IntegerDtype, bits: number, step: number): AffineEncoding {
  return affineEncoding({ dtype, bits }, [{ scale: Math.fround(step), zeroPoint: codeRange({ dtype, bits }).min }]);
}

/**
 * Codes from -2^(k-1) to zero, and more of them that no value reaches: a grid that ends at zero takes no operator to keep larger values
 * out. Only where values lie beyond the minimum does the grid have to end there, with zero as its middle code.
 */
function gridBelow(step: number, clips: boolean, { dtype, bits }: Container): AffineEncoding {
  const { min, max } = codeRange({ dtype, bits });
  return affineEncoding({ dtype, bits }, [{ scale: Math.fround(step), zeroPoint: clips ? (min + max + 1) / 2 : max }]);
}
