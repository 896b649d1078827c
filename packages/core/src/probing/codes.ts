import type { IntegerDtype, Tensor, TensorData } from "../spec/index.ts";

/** Quantized numbers of a weight. */
export interface Codes {
  readonly dtype: IntegerDtype;
  readonly values: readonly number[];
  /** One, or one per output channel. */
  readonly scales: readonly number[];
}

const widths: Readonly<Record<IntegerDtype, number>> = { int4: 4, uint4: 4, int8: 8, uint8: 8, int16: 16, uint16: 16, int32: 32 };

/** Smallest and largest code. */
export function rangeOf(dtype: IntegerDtype): readonly [number, number] {
  const span = 2 ** widths[dtype];
  return dtype.startsWith("u") ? [0, span - 1] : [-span / 2, span / 2 - 1];
}

/** The code that stands for zero in a symmetric encoding. */
export function centreOf(dtype: IntegerDtype): number {
  return dtype.startsWith("u") ? 2 ** (widths[dtype] - 1) : 0;
}

/** Codes over the middle `bits` of the grid. Six in ten lie at an end: sums of neighbours that could overflow do. */
export function patternCodes(dtype: IntegerDtype, count: number, channels: number, bits = widths[dtype]): Codes {
  const largest = 2 ** (bits - 1) - 1;
  const values = crowdedEnds(count, 1).map((share) => centreOf(dtype) + Math.floor((share * 2 - 1) * largest + 0.5));
  const scales = Array.from({ length: channels }, (_, channel) => Math.fround((0.5 + channel / channels) / largest));
  return { dtype, values, scales };
}

/** Pseudo-random numbers in [0, 1], three in ten of them 0 and three in ten 1. */
export function crowdedEnds(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.min(1, Math.max(0, (state / 2 ** 32 - 0.3) / 0.4));
  });
}

export function codeTensor(dtype: IntegerDtype, shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype, shape, data: pack(dtype, values) };
}

function pack(dtype: IntegerDtype, values: readonly number[]): TensorData {
  switch (dtype) {
    case "int4":
    case "uint4":
      return Uint8Array.from({ length: Math.ceil(values.length / 2) }, (_, byte) => (values[2 * byte]! & 15) | (((values[2 * byte + 1] ?? 0) & 15) << 4));
    case "int8":
      return Int8Array.from(values);
    case "uint8":
      return Uint8Array.from(values);
    case "int16":
      return Int16Array.from(values);
    case "uint16":
      return Uint16Array.from(values);
    case "int32":
      return Int32Array.from(values);
    default:
      return dtype satisfies never;
  }
}
