import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roundHalfEven } from "./rounding.ts";

describe("roundHalfEven", () => {
  it.each([
    [-2.5, -2],
    [-1.5, -2],
    [-0.5, -0],
    [-0, -0],
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [0.49999999999999994, 0],
    [2 ** 52 + 1, 2 ** 52 + 1],
    [2 ** 51 + 0.5, 2 ** 51],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])("takes %d to %d", (value, rounded) => expect(roundHalfEven(value)).toBe(rounded));

  it("is the nearest integer, the even one of two", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const rounded = roundHalfEven(value);
        const distance = Math.abs(value - rounded);
        expect(Number.isInteger(rounded)).toBe(true);
        expect(distance).toBeLessThanOrEqual(0.5);
        if (distance === 0.5) expect(Math.abs(rounded % 2)).toBe(0);
      }),
    );
  });
});
