import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDistance } from "./distance.ts";
import { percentile } from "./percentile.ts";

const distanceOf = (...pairs: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[]) => {
  const distance = createDistance();
  for (const [reference, value] of pairs) distance.update(reference, value);
  return distance.result();
};

describe("createDistance", () => {
  it("measures noise against the signal, the angle, and the largest difference", () => {
    const { sqnrDb, cosine, maxError } = distanceOf([
      [3, 4],
      [3, 4.5],
    ]);
    expect(sqnrDb).toBeCloseTo(20, 10);
    expect(cosine).toBeCloseTo((9 + 18) / (5 * Math.hypot(3, 4.5)), 12);
    expect(maxError).toBe(0.5);
  });

  it("adds up over parts", () => {
    const vector = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const [x, y] = [a.map((value) => value * 1.01), b.map((value) => value + 0.01)];
        const parts = distanceOf([a, x], [b, y]);
        const whole = distanceOf([
          [...a, ...b],
          [...x, ...y],
        ]);
        expect(parts.maxError).toBe(whole.maxError);
        expect(parts.cosine).toBeCloseTo(whole.cosine, 12);
      }),
    );
  });

  it("calls equals equal, and shows NaN", () => {
    expect(distanceOf()).toEqual({ sqnrDb: Infinity, cosine: 1, maxError: 0 });
    expect(
      distanceOf([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual({ sqnrDb: Infinity, cosine: 1, maxError: 0 });
    expect(
      distanceOf([
        [1, 2],
        [1, Number.NaN],
      ]),
    ).toEqual({ sqnrDb: Number.NaN, cosine: Number.NaN, maxError: Number.NaN });
    expect(
      distanceOf([
        [0, 0],
        [0, 1],
      ]),
    ).toEqual({ sqnrDb: -Infinity, cosine: 0, maxError: 1 });
  });
});

describe("percentile", () => {
  it.each([
    [[3, 1, 2], 50, 2],
    [[1, 2], 50, 1.5],
    [[4], 99, 4],
    [[1, 2, 3, 4, 5], 100, 5],
    [[1, 2, 3, 4, 5], 0, 1],
    [[], 50, Number.NaN],
  ])("of %j at %d is %d", (values, percent, expected) => expect(percentile(values, percent)).toBe(expected));
});
