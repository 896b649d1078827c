import type { Range } from "@halftone/core";
import { expect, test } from "vitest";
import { ownGrids, rescaledRange, rescalingOf, strengthsFor } from "./rescalings.ts";

const ranges: readonly Range[] = [
  { min: -1, max: 3 },
  { min: 10, max: 30 },
  { min: -0.1, max: 0 },
];
const channels = { axis: 1, ranges, weights: [1, 0.1, 4] };
const [, , withWeights] = strengthsFor(false);
const alike = strengthsFor(true).at(-1)!;

test("fully alike, every channel reaches the ends of the common range", () => {
  const rescaling = rescalingOf(channels, ownGrids, true);
  const whole = rescaledRange(channels, rescaling);
  for (const [channel, { min, max }] of ranges.entries()) {
    const own = rescaledRange({ ...channels, ranges: [{ min, max }] }, { axis: 1, scale: [rescaling.scale[channel]!], shift: [rescaling.shift![channel]!] });
    expect(own.min).toBeCloseTo(whole.min, 5);
    expect(own.max).toBeCloseTo(whole.max, 5);
  }
});

test("without a shift zero stays where it is, and the largest magnitudes meet", () => {
  const rescaling = rescalingOf(channels, ownGrids, false);
  expect(rescaling.shift).toBeUndefined();
  const magnitudes = ranges.map(({ min, max }, channel) => Math.max(-min, max) / rescaling.scale[channel]!);
  for (const magnitude of magnitudes) expect(magnitude).toBeCloseTo(magnitudes[0]!, 5);
});

test("with the weights in view, activations take less than they would alone and weights the rest", () => {
  const { scale } = rescalingOf(channels, withWeights!, false);
  const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
  const activations = ranges.map(({ min, max }, channel) => Math.max(-min, max) / scale[channel]!);
  const weights = channels.weights.map((weight, channel) => weight * scale[channel]!);
  // Both sides end up as unlike as each other.
  expect(spread(activations) / spread(weights)).toBeCloseTo(1, 4);
});

test("where weights share a scale, they can be made alike", () => {
  const { scale } = rescalingOf(channels, alike, false);
  const weights = channels.weights.map((weight, channel) => weight * scale[channel]!);
  for (const weight of weights) expect(weight).toBeCloseTo(weights[0]!, 5);
});

test("a channel that was never seen is not stretched without limit", () => {
  const { scale } = rescalingOf({ ...channels, ranges: [...ranges.slice(0, 2), { min: 0, max: 0 }] }, ownGrids, false);
  expect(Math.max(...scale) / Math.min(...scale)).toBeLessThanOrEqual(1001);
});
