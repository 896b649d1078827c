/** Linear search of scales: multiples of the one that a range asks for, all output channels of a weight at once. */
import type { AffineEncoding, OperandPlan, Probe, TensorConfig } from "../spec/index.ts";

/** `count` factors from `first` to `last`, equally spaced, both ends included. */
export function linearFactors(first: number, last: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + ((last - first) * index) / (count - 1));
}

/** Those of `factors` that leave a scale what its scheme wants it to be: a power of two stays one. */
export function factorsOf({ scheme }: Pick<TensorConfig, "scheme">, factors: readonly number[]): readonly number[] {
  if (scheme !== "power-of-two") return factors;
  const exponents = factors.map((factor) => Math.floor(Math.log2(factor)));
  const [first, last] = [Math.min(...exponents, 0), Math.max(...exponents, 0)];
  return Array.from({ length: last - first + 1 }, (_, index) => 2 ** (last - index));
}

/** A scale whose error has grown to this multiple of its least clips so much that smaller ones will not make up for it. */
const hopeless = 8;

/** Of the factors, every that many is tried first; then, for each scale, those next to its best. Errors have one valley at this distance. */
const stride = 4;

/**
 * For every scale of a weight the factor of least error: channel m of the output depends on scale m alone, so all advance together. With one
 * scale per tensor, the factor of least error for the whole layer. Scales that several channels share, by `blocks`, get one factor. Factors are tried from
 * the largest on, and no further once every scale has become far too small; a step of the grid of factors between two tried ones is
 * looked at only beside the better of both. Factor 1, where it is among them, is tried in any case.
 */
export async function searchWeightFactors(
  probe: Probe,
  left: OperandPlan | undefined,
  initial: AffineEncoding,
  factors: readonly number[],
  blocks: readonly number[] = Array.from(initial.scale.keys()),
): Promise<Float64Array> {
  const count = Math.max(...blocks) + 1;
  const descending = [...factors].sort((a, b) => b - a);
  const best = new Int32Array(count);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  /** Tries a factor for each block, by index; answers whether any of them may still get better. */
  const attempt = async (indices: ArrayLike<number>): Promise<boolean> => {
    const tried = Float64Array.from(blocks, (block) => descending[indices[block]!]!);
    const { layer, channels } = await probe.error({ ...(left && { left }), right: scaledBy(initial, tried) });
    const errors = initial.scale.length === 1 ? [layer] : sumsBy(channels, blocks, count);
    let isOpen = false;
    for (let block = 0; block < count; block++) {
      const error = errors[block]!;
      isOpen ||= error <= hopeless * least[block]!;
      if (error < least[block]!) [least[block], best[block]] = [error, indices[block]!];
    }
    return isOpen;
  };
  for (let index = 0; index < descending.length; index += stride) if (!(await attempt(new Int32Array(count).fill(index)))) break;
  const middle = Int32Array.from(best);
  for (let offset = 1 - stride; offset < stride; offset++) {
    if (offset !== 0) await attempt(middle.map((index) => Math.min(Math.max(index + offset, 0), descending.length - 1)));
  }
  // A weight that lies on the grid it starts from has no error there, and some a step beside it.
  const unchanged = descending.indexOf(1);
  if (unchanged >= 0) await attempt(new Int32Array(count).fill(unchanged));
  return Float64Array.from(blocks, (block) => descending[best[block]!]!);
}

/** All groups of a transposed convolution share the scales of its output channels. */
function sumsBy(values: Float64Array, blocks: readonly number[], count: number): Float64Array {
  const sums = new Float64Array(count);
  values.forEach((value, index) => {
    sums[blocks[index % blocks.length]!]! += value;
  });
  return sums;
}

/** The same grid with other scales, float32. */
export function scaledBy(encoding: AffineEncoding, factor: number | Float64Array): AffineEncoding {
  const factorOf = typeof factor === "number" ? () => factor : (channel: number) => factor[channel]!;
  return { ...encoding, scale: encoding.scale.map((scale, channel) => Math.fround(scale * factorOf(channel))) };
}
