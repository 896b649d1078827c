import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHistogram } from "./histogram.ts";
import { limitHistogram } from "./limit-histogram.ts";

function histogramOf(values: readonly number[]) {
  const builder = createHistogram(64);
  builder.add(Float32Array.from(values));
  return builder.result();
}

describe("limitHistogram", () => {
  it("equals the histogram of clipped values, to one bin", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: -7, max: 0 }),
        fc.integer({ min: 1, max: 7 }),
        (values, min, max) => {
          const whole = histogramOf(values);
          const limited = limitHistogram(whole, { min, max });
          const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
          expect(sum(limited.counts)).toBe(sum(whole.counts));
          const cumulative = (test: (value: number) => number) => values.filter((value) => test(value) < 0).length;
          for (let bin = 0; bin < whole.counts.length; bin++) {
            const edge = (bin - whole.counts.length / 2) * whole.width;
            const below = limited.counts.subarray(0, bin).reduce((total, count) => total + count, 0);
            if (edge <= min) expect(below).toBe(0);
            else if (edge < max) expect(below).toBe(cumulative((value) => Math.max(value, min) - edge));
          }
          expect(limited.range.min).toBeGreaterThanOrEqual(min);
          expect(limited.range.max).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  it("hands a histogram through that lies within", () => {
    const histogram = histogramOf([-1, 0.5]);
    expect(limitHistogram(histogram, { min: -3 })).toBe(histogram);
  });
});
