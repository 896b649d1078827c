import { describe, expect, it } from "vitest";
import type { Encoding, IntegerDtype } from "../spec/index.ts";
import { fakeQuantize } from "./fake-quantize.ts";
import { roundHalfEven } from "./rounding.ts";
import { activationTwin, farTwin, shareTwin } from "./twin-grids.ts";

const container = (bits: number, dtype: IntegerDtype = "uint8") => ({ dtype, bits, scheme: "asymmetric" as const });

function onGrid(values: readonly number[], encoding: Encoding): readonly number[] {
  return [...(fakeQuantize({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) }, encoding).data as Float32Array)];
}

/** Equally many values of [from, to], many more than there are codes. */
const dense = (from: number, to: number): readonly number[] => Array.from({ length: 20_001 }, (_, index) => from + ((to - from) * index) / 20_000);
const distinct = (values: readonly number[]): number => new Set(values.map((value) => value + 0)).size;

describe.each([8, 6, 4])("shares, %i bits", (bits) => {
  const levels = 2 ** (bits - 1) - 1;
  const split = 1 / 16;

  it.each(["uint8", "int8"] as const)("are exclusive: a value is read from one of them, to half a step of it (%s)", (dtype) => {
    const values = dense(0, 1).map(Math.fround);
    const read = onGrid(values, shareTwin(split, container(bits, dtype)));
    const steps = values.map((value) => (value < split ? split / levels : 1 / levels));
    const errors = read.map((value, index) => Math.abs(value - values[index]!) / steps[index]!);
    const fractions = read.map((value, index) => Math.abs(value / steps[index]! - roundHalfEven(value / steps[index]!)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.5 + 1e-4);
    expect(Math.max(...fractions)).toBeLessThan(1e-4);
  });

  it("reads zero as zero, where the released code reads about the split", () => {
    expect(onGrid([0], shareTwin(split, container(bits)))).toEqual([0]);
  });

  it("has 2^k values at most", () => {
    expect(distinct(onGrid(dense(0, 1), shareTwin(split, container(bits))))).toBeLessThanOrEqual(2 ** bits);
  });

  it("ends at the largest share there is", () => {
    expect(onGrid([0.5, 1], shareTwin(split, container(bits), 0.5))).toEqual([0.5, 0.5]);
  });
});

it("shares have steps that are powers of two where they are asked for", () => {
  const { low, high } = shareTwin(1 / 4, { ...container(6), scheme: "power-of-two" });
  expect([high.scale, low.scale]).toEqual([[1 / 32], [1 / 128]]);
});

describe.each([8, 6, 4])("an activation, %i bits", (bits) => {
  const half = 2 ** (bits - 1);
  const step = 3 / (half - 1);

  it("has 2^(k-1) codes below zero that reach the minimum, and 2^(k-1) from zero on", () => {
    const read = onGrid(dense(-0.375, 3), activationTwin({ minimum: -0.375 }, step, container(bits)));
    expect(Math.min(...read)).toBe(-0.375);
    expect(distinct(read.filter((value) => value < 0))).toBe(half);
    expect(distinct(read.filter((value) => value >= 0))).toBe(half);
  });

  it.each(["uint8", "int8"] as const)("reads zero and the minimum as they are (%s)", (dtype) => {
    const twin = activationTwin({ minimum: -0.375 }, step, container(bits, dtype));
    expect([twin.low.scale, twin.high.scale]).toEqual([[0.375 / half], [Math.fround(step)]]);
    expect(onGrid([0, -0.375], twin)).toEqual([0, -0.375]);
  });

  it("ends at a minimum that values may lie beyond", () => {
    const minimum = -0.16997124254703522;
    const [read] = onGrid([-0.27846], activationTwin({ minimum, clips: true }, step, container(bits)));
    expect(read).toBeCloseTo(minimum, 6);
  });
});

describe.each([8, 6, 4])("an activation with values far from all others, %i bits", (bits) => {
  const [minimum, split, largest] = [-0.17, 4, 200];
  const twin = farTwin({ minimum }, split, container(bits), largest);

  it("reads what is near as finely as if there were no other, and zero as zero", () => {
    const near = dense(minimum, split).filter((value) => value < split);
    // The zero point is a code: the grid may end half a step before either end.
    const step = (split - minimum) / (2 ** (bits - 1) - 1);
    onGrid(near, twin).forEach((value, index) => {
      expect(Math.abs(value - near[index]!)).toBeLessThanOrEqual(1.001 * step);
    });
    expect(onGrid([0], twin)).toEqual([0]);
  });

  it("reads the largest value, and what is far to half a step", () => {
    const step = largest / (2 ** (bits - 1) - 1);
    expect(onGrid([largest], twin)[0]).toBeCloseTo(largest, 3);
    for (const value of [50, 100, 150]) expect(Math.abs(onGrid([value], twin)[0]! - value)).toBeLessThanOrEqual(step / 2 + 1e-4);
  });

  it("has 2^k values at most", () => {
    expect(distinct(onGrid([...dense(minimum, split), ...dense(split, largest)], twin))).toBeLessThanOrEqual(2 ** bits);
  });
});
