import { type Encoding, fakeQuantize, type IntegerDtype, roundHalfEven } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { activationGrid, softmaxGrid, uniformGrid } from "./grids.ts";

const container = (bits: number, dtype: IntegerDtype = "uint8") => ({ dtype, bits, scheme: "asymmetric" as const });

function onGrid(values: readonly number[], encoding: Encoding): readonly number[] {
  return [...(fakeQuantize({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) }, encoding).data as Float32Array)];
}

/** Equally many values of [from, to], many more than there are codes. */
const dense = (from: number, to: number): readonly number[] => Array.from({ length: 20_001 }, (_, index) => from + ((to - from) * index) / 20_000);
const distinct = (values: readonly number[]): number => new Set(values.map((value) => value + 0)).size;

describe("a uniform grid", () => {
  it("starts with max|x| / (2^(k-1) - 0.5)", () => {
    expect(uniformGrid(1, container(8)).scale).toEqual([Math.fround(1 / 127.5)]);
    expect(uniformGrid(1, container(6)).scale).toEqual([Math.fround(1 / 31.5)]);
  });

  it("has zero in the middle, whatever the type", () => {
    expect(uniformGrid(1, container(6))).toMatchObject({ dtype: "uint8", bits: 6, zeroPoint: [32] });
    expect(uniformGrid(1, container(6, "int8"))).toMatchObject({ dtype: "int8", bits: 6, zeroPoint: [0] });
    expect(onGrid(dense(-2, 2), uniformGrid(1, container(6)))).toEqual(onGrid(dense(-2, 2), uniformGrid(1, container(6, "int8"))));
  });

  it("has steps that are powers of two where they are asked for", () => {
    expect(uniformGrid(1, { ...container(8), scheme: "power-of-two" }).scale).toEqual([1 / 64]);
  });
});

describe.each([8, 6, 4])("grids behind a Softmax, %i bits", (bits) => {
  const levels = 2 ** (bits - 1) - 1;
  const split = 1 / 16;

  it.each(["uint8", "int8"] as const)("are exclusive: a value is read from one of them, to half a step of it (%s)", (dtype) => {
    const values = dense(0, 1).map(Math.fround);
    const read = onGrid(values, softmaxGrid(split, container(bits, dtype)));
    const steps = values.map((value) => (value < split ? split / levels : 1 / levels));
    const errors = read.map((value, index) => Math.abs(value - values[index]!) / steps[index]!);
    const fractions = read.map((value, index) => Math.abs(value / steps[index]! - roundHalfEven(value / steps[index]!)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.5 + 1e-4);
    expect(Math.max(...fractions)).toBeLessThan(1e-4);
  });

  it("reads zero as zero, where the released code reads about the split", () => {
    expect(onGrid([0], softmaxGrid(split, container(bits)))).toEqual([0]);
  });

  it("has 2^k values at most", () => {
    expect(distinct(onGrid(dense(0, 1), softmaxGrid(split, container(bits))))).toBeLessThanOrEqual(2 ** bits);
  });
});

describe.each([8, 6, 4])("grids behind an activation, %i bits", (bits) => {
  const half = 2 ** (bits - 1);
  const range = { largest: 3, minimum: -0.375, clips: false };

  it("has 2^(k-1) codes below zero that reach the minimum, and 2^(k-1) from zero on", () => {
    const read = onGrid(dense(-0.375, 3), activationGrid(range, 1, container(bits)));
    expect(Math.min(...read)).toBe(-0.375);
    expect(distinct(read.filter((value) => value < 0))).toBe(half);
    expect(distinct(read.filter((value) => value >= 0))).toBe(half);
  });

  it.each(["uint8", "int8"] as const)("keeps the grid below zero when the step above is searched (%s)", (dtype) => {
    const [whole, part] = [activationGrid(range, 1, container(bits, dtype)), activationGrid(range, 0.5, container(bits, dtype))];
    expect(part.low).toEqual(whole.low);
    expect(whole.low.scale).toEqual([0.375 / half]);
    expect(whole.high.scale).toEqual([Math.fround(3 / (half - 0.5))]);
    expect(part.high.scale).toEqual([Math.fround(whole.high.scale[0]! / 2)]);
    expect(onGrid([0, -0.375], whole)).toEqual([0, -0.375]);
  });

  it("ends at a minimum that is not the activation's", () => {
    const grid = activationGrid({ largest: 3, minimum: -0.16997124254703522, clips: true }, 1, container(bits));
    const [read] = onGrid([-0.27846], grid);
    expect(read).toBeCloseTo(-0.16997124254703522, 6);
  });
});
