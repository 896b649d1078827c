import { encodeRange, fakeQuantize, seededRandom } from "@halftone/core";
import { floats } from "@halftone/core/testing";
import { describe, expect, it } from "vitest";
import { type Channels, chooseExponents } from "./power-of-two-factor.ts";

const grid = { dtype: "uint8", bits: 8, scheme: "asymmetric" } as const;
const largest = 3;

/** Values spread evenly over [-share, share] for each channel. */
function evenly(shares: readonly number[], positions = 400): Channels {
  const random = seededRandom(2);
  const values = Float32Array.from({ length: positions * shares.length }, (_, index) => (2 * random() - 1) * shares[index % shares.length]!);
  return {
    coarsest: encodeRange({ min: -Math.max(...shares), max: Math.max(...shares) }, grid),
    ranges: shares.map((share) => ({ min: -share, max: share })),
    samples: [{ channels: shares.length, values }],
    largest,
    grid,
  };
}

describe("the exponent of a channel", () => {
  it("is 0 for an eighth of the whole range, and 3 for all of it", () => {
    expect(chooseExponents(evenly([1 / 8, 1 / 4, 1 / 2, 1, 1 / 100]))).toEqual([0, 1, 2, 3, 0]);
  });

  it("is that of least squared error, as the simulator of the grid sees it", () => {
    const channels = evenly([1, 0.7, 0.3, 0.2, 0.13, 0.05]);
    const { coarsest, ranges, samples } = channels;
    const expected = ranges.map(({ min, max }, channel) => {
      const seen = Float32Array.from([min, max, ...samples[0]!.values.filter((_, index) => index % ranges.length === channel)]);
      const errors = [0, 1, 2, 3].map((exponent) => {
        const encoding = { kind: "affine", dtype: "uint8", scale: [coarsest.scale / 2 ** (largest - exponent)], zeroPoint: [coarsest.zeroPoint] } as const;
        const read = fakeQuantize(floats([seen.length], seen), encoding).data as Float32Array;
        return seen.reduce((sum, value, index) => sum + (value - read[index]!) ** 2, 0);
      });
      return errors.indexOf(Math.min(...errors));
    });
    expect(chooseExponents(channels)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(2);
  });

  it("weighs extremes that the sample does not hold", () => {
    const channels = evenly([1, 1 / 8]);
    const rare = { ...channels, ranges: [channels.ranges[0]!, { min: -1, max: 1 / 8 }] };
    expect(chooseExponents(channels)).toEqual([3, 0]);
    expect(chooseExponents(rare)[1]).toBeGreaterThan(0);
  });

  it("is the smallest of equals: a channel of zeros has no error on any step", () => {
    expect(chooseExponents(evenly([1, 0]))).toEqual([3, 0]);
  });
});
