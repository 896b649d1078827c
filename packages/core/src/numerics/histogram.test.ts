import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHistogram } from "./histogram.ts";

const values = fc
  .array(fc.oneof(fc.float(), fc.float({ min: -4, max: 4, noNaN: true }), fc.constantFrom(0, -0)), { maxLength: 40 })
  .map((each) => Float32Array.from(each));
const bins = 64;

const histogramOf = (...parts: readonly Float32Array[]) => {
  const histogram = createHistogram(bins);
  for (const part of parts) histogram.add(part);
  return histogram.result();
};

describe("createHistogram", () => {
  it("counts parts, in any order and merged, as it counts the whole", () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 6 }), (parts) => {
        const whole = histogramOf(Float32Array.from(parts.flatMap((part) => [...part])));
        expect(histogramOf(...parts)).toEqual(whole);
        expect(histogramOf(...parts.toReversed())).toEqual(whole);
        const merged = createHistogram(bins);
        for (const part of parts) merged.merge(histogramOf(part));
        expect(merged.result()).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it("puts every value into the bin that covers it", () => {
    fc.assert(
      fc.property(values, (all) => {
        const { counts, width, total, zeros, range, nan, infinite } = histogramOf(all);
        const finite = [...all].filter(Number.isFinite);
        const expected = new Float64Array(2 * bins);
        for (const value of finite) expected[Math.floor(value / width) + bins]!++;
        expect(counts).toEqual(expected);
        expect(total).toBe(finite.length);
        expect(zeros).toBe(finite.filter((value) => value === 0).length);
        expect(nan).toBe([...all].filter(Number.isNaN).length);
        expect(infinite).toBe(all.length - nan - finite.length);
        expect(range).toEqual({ min: Math.min(...finite) + 0, max: Math.max(...finite) + 0 });
      }),
      { numRuns: 500 },
    );
  });

  it("uses at least half of the bins on the longer side", () => {
    const { counts } = histogramOf(Float32Array.of(0.001, 3));
    expect(counts.findLastIndex((count) => count > 0) - bins).toBeGreaterThanOrEqual(bins / 2);
  });

  it("survives tensors that are empty, constant, or nothing but NaN", () => {
    expect(histogramOf(new Float32Array(0))).toMatchObject({ total: 0, range: { min: Infinity, max: -Infinity } });
    expect(histogramOf(new Float32Array(5))).toMatchObject({ total: 5, zeros: 5, range: { min: 0, max: 0 } });
    expect(histogramOf(Float32Array.of(Number.NaN))).toMatchObject({ total: 0, nan: 1 });
    expect(histogramOf(Float32Array.of(2, 2))).toMatchObject({ total: 2, range: { min: 2, max: 2 } });
  });
});
