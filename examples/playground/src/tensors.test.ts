import type { AffineEncoding, QuantPlan } from "@halftone/core";
import { expect, test } from "vitest";
import { sliceOf, tensorChoices } from "./tensors.ts";

test("a slice of a row-major tensor", () => {
  const values = Float32Array.from({ length: 12 }, (_, index) => index);
  expect(Array.from(sliceOf(values, [2, 3, 2], 0, 1))).toEqual([6, 7, 8, 9, 10, 11]);
  expect(Array.from(sliceOf(values, [2, 3, 2], 1, 2))).toEqual([4, 5, 10, 11]);
  expect(Array.from(sliceOf(values, [2, 3, 2], 2, 0))).toEqual([0, 2, 4, 6, 8, 10]);
});

test("offers what is stored, what products read and what has no grid, but nothing that is rescaled", () => {
  const encoding: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [1], zeroPoint: [0] };
  const plan: QuantPlan = {
    version: 1,
    model: "",
    method: "m",
    target: "t",
    encodings: { x: encoding, w: encoding },
    operands: { x: { encoding }, y: { encoding, rescaling: { axis: 0, scale: [2] } } },
    nodes: {},
    skipped: {},
  };
  expect(tensorChoices(plan, ["x", "y", "w"]).map(({ label }) => label)).toEqual(["x", "w", "x (as products read it)", "y (no grid)"]);
});
