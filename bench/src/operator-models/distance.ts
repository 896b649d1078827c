import type { Tensor, Tensors } from "@halftone/core";

/** How far outputs are apart; undefined when they do not even have the same names, types and shapes. */
export function distance(actual: Tensors, expected: Tensors): number | undefined {
  const names = Object.keys(expected);
  if (names.some((name) => actual[name] === undefined)) return undefined;
  let largest = 0;
  for (const name of names) {
    const apart = tensorDistance(actual[name] as Tensor, expected[name] as Tensor);
    if (apart === undefined) return undefined;
    largest = Math.max(largest, apart);
  }
  return largest;
}

/** Largest difference over the largest finite magnitude expected; equal infinities and two not-a-numbers are no difference. */
function tensorDistance(actual: Tensor, expected: Tensor): number | undefined {
  if (actual.dtype !== expected.dtype || String(actual.shape) !== String(expected.shape)) return undefined;
  const [left, right] = [numbers(actual), numbers(expected)];
  let apart = 0;
  let magnitude = 0;
  for (const [index, value] of right.entries()) {
    const other = left[index] as number;
    if (Number.isFinite(value)) magnitude = Math.max(magnitude, Math.abs(value));
    if (Object.is(value, other) || value === other) continue;
    if (!Number.isFinite(value) || !Number.isFinite(other)) return Number.POSITIVE_INFINITY;
    apart = Math.max(apart, Math.abs(value - other));
  }
  return apart === 0 ? 0 : apart / Math.max(magnitude, Number.MIN_VALUE);
}

function numbers({ dtype, data }: Tensor): readonly number[] | Float32Array {
  if (dtype === "float16") return Array.from(data as Uint16Array, half);
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
