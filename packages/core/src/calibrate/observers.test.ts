import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Observation, Tensor } from "../spec/index.ts";
import { observeChannelExtremes } from "./observe-channel-extremes.ts";
import { observeExtremes } from "./observe-extremes.ts";
import { observeHistogram } from "./observe-histogram.ts";
import { observeMovingAverage } from "./observe-moving-average.ts";

const pair = (min: number, max: number): Tensor => ({ dtype: "float32", shape: [2], data: Float32Array.of(min, max) });
const pairs = fc.array(
  fc.tuple(fc.float({ noNaN: true }), fc.float({ noNaN: true })).map(([a, b]) => pair(Math.min(a, b), Math.max(a, b))),
  { maxLength: 10 },
);

function statOf<Stat>(observation: Observation<Stat>, values: readonly Tensor[]): Stat {
  const observer = observation.createObserver();
  for (const value of values) observer.update(value);
  return observer.result();
}

describe("observeExtremes", () => {
  it("is the union of what it was shown, whatever the order and the cut", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), (all, cut) => {
        const whole = statOf(observeExtremes("x"), all);
        expect(statOf(observeExtremes("x"), all.toReversed())).toEqual(whole);
        const parts = [all.slice(0, cut % (all.length + 1)), all.slice(cut % (all.length + 1))].map((part) => statOf(observeExtremes("x"), part));
        expect(Math.min(...parts.map(({ min }) => min))).toBe(whole.min);
        expect(Math.max(...parts.map(({ max }) => max))).toBe(whole.max);
      }),
    );
  });

  it("is empty before the first update", () => {
    expect(statOf(observeExtremes("x"), [])).toEqual({ min: Infinity, max: -Infinity });
    expect(statOf(observeChannelExtremes("x", 1), [])).toEqual([]);
  });

  it("keeps channels apart", () => {
    const both = (data: readonly number[]): Tensor => ({ dtype: "float32", shape: [2, 2], data: Float32Array.from(data) });
    expect(statOf(observeChannelExtremes("x", 1), [both([-1, 0, 1, 5]), both([-3, 2, 0, 3])])).toEqual([
      { min: -3, max: 1 },
      { min: 0, max: 5 },
    ]);
  });
});

describe("observeMovingAverage", () => {
  it("keeps its share of the past at each sample", () => {
    const values = [pair(-1, 1), pair(-2, 3), pair(0, 0)];
    const { min, max } = statOf(observeMovingAverage("x", { momentum: 0.5 }), values);
    expect(min).toBeCloseTo(((-1 - 2) / 2 + 0) / 2, 12);
    expect(max).toBeCloseTo(((1 + 3) / 2 + 0) / 2, 12);
  });

  it("stays within the extremes and depends on the order", () => {
    fc.assert(
      fc.property(
        pairs.filter((all) => all.length > 0 && all.every(({ data }) => Number.isFinite(data[0]) && Number.isFinite(data[1]))),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (all, momentum) => {
          const average = statOf(observeMovingAverage("x", { momentum }), all);
          const extremes = statOf(observeExtremes("x"), all);
          const slack = 1e-9 * (Math.abs(extremes.min) + Math.abs(extremes.max));
          expect(average.min).toBeGreaterThanOrEqual(extremes.min - slack);
          expect(average.max).toBeLessThanOrEqual(extremes.max + slack);
        },
      ),
    );
    const [first, second] = [pair(0, 1), pair(0, 2)];
    expect(statOf(observeMovingAverage("x"), [first, second]).max).toBeCloseTo(1.1, 12);
    expect(statOf(observeMovingAverage("x"), [second, first]).max).toBeCloseTo(1.9, 12);
  });
});

describe("keys", () => {
  it("differ with every parameter that changes the statistic", () => {
    const observations = [
      observeExtremes("x"),
      observeExtremes("y"),
      observeChannelExtremes("x", 1),
      observeChannelExtremes("x", 2),
      observeMovingAverage("x"),
      observeMovingAverage("x", { momentum: 0.5 }),
      observeHistogram("x"),
      observeHistogram("x", { bins: 128 }),
      observeHistogram("x", { samples: 128 }),
    ];
    expect(new Set(observations.map(({ key }) => key)).size).toBe(observations.length);
    expect(observeHistogram("x").key).toBe(observeHistogram("x", {}).key);
  });
});
