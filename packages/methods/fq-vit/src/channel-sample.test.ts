import { seededRandom } from "@halftone/core";
import { floats } from "@halftone/core/testing";
import { expect, it } from "vitest";
import { type ChannelSample, observeChannelSample } from "./channel-sample.ts";

function sampleOf(axis: number, tensors: readonly ReturnType<typeof floats>[]): ChannelSample {
  const observer = observeChannelSample("x", axis).createObserver();
  for (const each of tensors) observer.update(each);
  return observer.result();
}

it("holds everything while that is little, channels of a position together, in any layout", () => {
  const tokens = floats([2, 3, 2], [0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15]);
  const image = floats([2, 2, 1, 3], [0, 1, 2, 10, 11, 12, 3, 4, 5, 13, 14, 15]);
  for (const sample of [sampleOf(2, [tokens, tokens]), sampleOf(1, [image, image])]) {
    expect(sample.channels).toBe(2);
    expect(Array.from(sample.values)).toEqual([...tokens.data, ...tokens.data]);
  }
});

it("is empty before the first value", () => {
  expect(sampleOf(1, []).values).toHaveLength(0);
  expect(sampleOf(1, [floats([0, 4], [])]).values).toHaveLength(0);
});

it("holds a bounded number of positions, drawn evenly from all samples", () => {
  const channels = 2048;
  const tensors = Array.from({ length: 40 }, (_, index) =>
    floats(
      [64, channels],
      Array.from({ length: 64 * channels }, () => index),
    ),
  );
  const { values } = sampleOf(1, tensors);
  expect(values).toHaveLength(256 * channels);
  const positions = Array.from({ length: 256 }, (_, position) => values[position * channels]!);
  expect(values.every((value, index) => value === positions[Math.floor(index / channels)])).toBe(true);
  // The mean of 256 draws from 0 ... 39 has a standard deviation of 0.72.
  const mean = positions.reduce((sum, value) => sum + value, 0) / 256;
  expect(Math.abs(mean - 19.5)).toBeLessThan(3 * 0.72);
  expect(sampleOf(1, tensors)).toEqual({ channels, values });
});

it("forgets nothing when it grows", () => {
  const random = seededRandom(4);
  const tensors = Array.from({ length: 9 }, () => floats([7, 3], Array.from({ length: 21 }, random)));
  expect(Array.from(sampleOf(1, tensors).values)).toEqual(tensors.flatMap((each) => Array.from(each.data as Float32Array)));
});
