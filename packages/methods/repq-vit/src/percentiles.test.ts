import { affineEncoding, roundHalfEven, seededRandom } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { closestGrid, percentileRanges } from "./percentiles.ts";
import { tensorGrid } from "./uniform-grids.ts";

const config = { dtype: "uint8", bits: 4, scheme: "asymmetric", granularity: "tensor" } as const;

/** Uniform, and a few values far outside. */
function heavyTailed(count: number, outliers: number): Float32Array {
  const random = seededRandom(count);
  return Float32Array.from({ length: count }, (_, index) => (index < outliers ? 40 : random() * 2 - 1));
}

/** The formulas of 4.2, written out. */
function errorOf(values: Float32Array, { min, max }: { readonly min: number; readonly max: number }): number {
  const step = Math.fround((Math.max(max, 0) - Math.min(min, 0)) / 15);
  const zeroPoint = roundHalfEven(-Math.min(min, 0) / step);
  return values.reduce((sum, value) => sum + (value - (Math.min(Math.max(roundHalfEven(value / step) + zeroPoint, 0), 15) - zeroPoint) * step) ** 2, 0);
}

describe("percentiles", () => {
  it("interpolates between sorted neighbours, whatever the order of the values", () => {
    const values = Float32Array.from({ length: 2001 }, (_, index) => (index * 1009) % 2001);
    const ranges = percentileRanges(values);
    for (const [index, max] of [1998, 1999.8, 1999.98].entries()) {
      expect(ranges[index]!.max).toBeCloseTo(max, 3);
      expect(ranges[index]!.min).toBeCloseTo(2000 - max, 3);
    }
  });

  it.each([
    ["clips what is rare", 4, true],
    ["keeps what is not", 15, false],
  ])("the range is the one of least squared error: it %s", (_, outliers, clips) => {
    const values = heavyTailed(20_000, outliers);
    const ranges = percentileRanges(values);
    const errors = ranges.map((range) => errorOf(values, range));
    const { min, max } = ranges[errors.indexOf(Math.min(...errors))]!;
    expect(max < 2).toBe(clips);
    expect(tensorGrid(values, config, "include-zero").scale[0]).toBe(Math.fround((max - min) / 15));
  });

  it("of equally good grids the first", () => {
    const grids = [1, 2].map((bits) => affineEncoding({ dtype: "uint8", bits: 8 }, [{ scale: bits, zeroPoint: 0 }]));
    expect(closestGrid(Float32Array.of(0, 2, 4), [grids[0]!, grids[1]!])).toBe(grids[0]);
  });
});
