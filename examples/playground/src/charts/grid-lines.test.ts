import { type AffineEncoding, dequantizeTensor } from "@halftone/core";
import { expect, test } from "vitest";
import { coarsestSlice, gridLines } from "./grid-lines.ts";

const affine = (parts: Partial<AffineEncoding>): AffineEncoding => ({ kind: "affine", dtype: "uint8", scale: [0.5], zeroPoint: [0], ...parts });

test("the lines of an affine grid are what its codes are dequantized to", () => {
  const encoding = affine({ dtype: "int8", scale: [0.25], zeroPoint: [-7] });
  const codes = Int8Array.from({ length: 256 }, (_, index) => index - 128);
  const values = dequantizeTensor({ dtype: "int8", shape: [256], data: codes }, encoding);
  expect(gridLines(encoding)).toEqual(Array.from(values.data as Float32Array));
});

test("a narrower grid has fewer lines, and a slice its own scale", () => {
  expect(gridLines(affine({ bits: 2, zeroPoint: [1] }))).toEqual([-0.5, 0, 0.5, 1]);
  const sliced = affine({ dtype: "int8", bits: 2, scale: [0.5, 2, 1], zeroPoint: [0, 0, 0], axis: 0 });
  expect(coarsestSlice(sliced)).toBe(1);
  expect(gridLines(sliced, 1)).toEqual([-4, -2, 0, 2]);
});

test("a twin has the low grid below its threshold and the high one above", () => {
  const low = affine({ bits: 2, scale: [0.125] });
  const high = affine({ bits: 2, scale: [0.5] });
  expect(gridLines({ kind: "twin", threshold: 0.375, low, high })).toEqual([0, 0.125, 0.25, 0.5, 1, 1.5]);
});

test("a logarithmic grid halves, or halves every second line", () => {
  expect(gridLines({ kind: "log", base: "2", bits: 2, scale: 1, rounding: "nearest" })).toEqual([0.125, 0.25, 0.5, 1]);
  const lines = gridLines({ kind: "log", base: "sqrt2", bits: 2, scale: 8, rounding: "nearest" });
  expect(lines[1]).toBeCloseTo(4, 12);
  expect(lines[3]).toBe(8);
});
