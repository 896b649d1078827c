import type { Tensor } from "@halftone/core";
import { expect, test } from "vitest";
import { distance } from "./distance.ts";

const float = (...values: number[]): { readonly y: Tensor } => ({ y: { dtype: "float32", shape: [values.length], data: Float32Array.from(values) } });

test.each([
  { actual: [1, Number.NaN, Number.POSITIVE_INFINITY, -0], expected: [1, Number.NaN, Number.POSITIVE_INFINITY, 0], apart: 0 },
  { actual: [1, 3], expected: [1, 4], apart: 0.25 },
  { actual: [1, Number.NaN], expected: [1, 4], apart: Number.POSITIVE_INFINITY },
  { actual: [Number.NEGATIVE_INFINITY], expected: [Number.POSITIVE_INFINITY], apart: Number.POSITIVE_INFINITY },
])("$actual is $apart of the largest value from $expected", ({ actual, expected, apart }) => {
  expect(distance(float(...actual), float(...expected))).toBe(apart);
});

test("names, types and shapes must be the same", () => {
  const { y } = float(1, 2);
  expect(distance({ z: y }, { y })).toBeUndefined();
  expect(distance({ y: { ...y, shape: [1, 2] } }, { y })).toBeUndefined();
  expect(distance({ y: { dtype: "float64", shape: [2], data: Float64Array.of(1, 2) } }, { y })).toBeUndefined();
});

test("half floats are compared by value", () => {
  const half = (...bits: number[]): { readonly y: Tensor } => ({ y: { dtype: "float16", shape: [bits.length], data: Uint16Array.from(bits) } });
  // 1, -2, the smallest subnormal, infinity.
  expect(distance(half(0x3c00, 0xc000, 1, 0x7c00), half(0x3c00, 0xc000, 1, 0x7c00))).toBe(0);
  expect(distance(half(0x3c00), half(0xc000))).toBe(1.5);
});
