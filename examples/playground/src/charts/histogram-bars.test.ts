import { createHistogram, type Histogram } from "@halftone/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { clippedShare, histogramBars } from "./histogram-bars.ts";

function histogramOf(values: readonly number[], bins = 64): Histogram {
  const histogram = createHistogram(bins);
  histogram.add(Float32Array.from(values));
  return histogram.result();
}

test("every value lies in the bar that counts it", () => {
  const float = fc.float({ min: -8, max: 8, noNaN: true });
  fc.assert(
    fc.property(fc.array(float, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (values, most) => {
      const bars = histogramBars(histogramOf(values), most);
      expect(bars.length).toBeLessThanOrEqual(most);
      for (const { from, to, count } of bars) expect(count).toBe(values.filter((value) => value >= from && value < to).length);
      expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    }),
  );
});

test("nothing counted, no bars, nothing clipped", () => {
  expect(histogramBars(histogramOf([]), 10)).toEqual([]);
  expect(clippedShare(histogramOf([]), [0, 1])).toBe(0);
});

test("what lies beyond the grid by more than half a step is clipped", () => {
  const histogram = histogramOf([-2, -0.2, 0.1, 0.6, 1.2, 1.8, 3, 3.5]);
  expect(clippedShare(histogram, [0, 1])).toBe(4 / 8);
  expect(clippedShare(histogram, [-2, 0, 2, 4])).toBe(0);
});
