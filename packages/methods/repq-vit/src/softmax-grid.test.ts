import { fakeQuantize } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { softmaxGrid } from "./softmax-grid.ts";

const config = { dtype: "uint8", bits: 4, scheme: "asymmetric", granularity: "tensor" } as const;

function onGrid(grid: ReturnType<typeof softmaxGrid>, values: readonly number[]): readonly number[] {
  return [...(fakeQuantize({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) }, grid).data as Float32Array)];
}

describe("log sqrt2 grid", () => {
  it("holds powers of sqrt2, and zero for what has no code", () => {
    const grid = softmaxGrid(new Float32Array(100).fill(1), config);
    expect(grid).toEqual({ kind: "log", base: "sqrt2", bits: 4, scale: 1, rounding: "nearest" });
    const [one, first, second, third, last, none, zero] = onGrid(grid, [1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2, 2 ** -7.74, 2 ** -7.76, 0]);
    expect(one).toBe(1);
    expect(first).toBeCloseTo(Math.SQRT1_2, 6);
    expect(second).toBe(0.5);
    expect(third).toBeCloseTo(Math.SQRT1_2 / 2, 6);
    expect(last).toBeCloseTo(2 ** -7.5, 7);
    expect([none, zero]).toEqual([0, 0]);
  });

  it("counts from the percentile of least squared error", () => {
    // One weight of 1 among many of 2^-1.25: between two codes of a grid that starts at 1, on the first code of one that starts lower.
    const values = Float32Array.from({ length: 5000 }, (_, index) => (index === 0 ? 1 : 2 ** -1.25));
    expect(softmaxGrid(values, config).scale).toBe(Math.fround(2 ** -1.25));
    // Where a tenth is 1 no percentile is less.
    expect(
      softmaxGrid(
        values.map((value, index) => (index % 10 === 0 ? 1 : value)),
        config,
      ).scale,
    ).toBe(1);
  });

  it("has a scale where hardly any or no weight is above zero", () => {
    expect(
      softmaxGrid(
        Float32Array.from({ length: 200_000 }, (_, index) => (index === 7 ? 0.25 : 0)),
        config,
      ).scale,
    ).toBe(0.25);
    expect(softmaxGrid(new Float32Array(10), config).scale).toBe(1);
  });
});
