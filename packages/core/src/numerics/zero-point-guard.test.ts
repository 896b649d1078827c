import { describe, expect, it } from "vitest";
import { floats } from "../testing/tensors.ts";
import { type AffineParameters, affineEncoding, type EncodeRangeOptions, encodeRange, fakeQuantize, type Range, roundHalfEven } from "./index.ts";

const config = { dtype: "int8", bits: 8, scheme: "asymmetric" } as const;

type Guard = NonNullable<EncodeRangeOptions["zeroPointGuard"]>;

function encodeGuarded(range: Range, grid: Parameters<typeof encodeRange>[1], zeroPointGuard: Guard): AffineParameters {
  return encodeRange(range, grid, { zeroPointGuard });
}

function rounded(range: Range, guard: Guard, values: readonly number[]): number[] {
  const encoding = affineEncoding(config, [encodeGuarded(range, config, guard)]);
  return Array.from(fakeQuantize(floats([values.length], values), encoding).data as Float32Array);
}

describe("a range on one side of zero", () => {
  it("saturates with a clamped zero point: the true one of [2, 6] is -256", () => {
    const { scale, zeroPoint } = encodeGuarded({ min: 2, max: 6 }, config, "clamp");
    expect(scale).toBe(Math.fround(4 / 255));
    expect(roundHalfEven(-128 - 2 / (4 / 255))).toBe(-256);
    expect(zeroPoint).toBe(-128);
    const [two, five, six] = rounded({ min: 2, max: 6 }, "clamp", [2, 5, 6]);
    // 2 lies in the middle between two codes.
    expect(Math.abs(two! - 2)).toBeLessThanOrEqual(scale * 0.501);
    expect(five).toBeCloseTo(4, 6);
    expect(six).toBe(five);
  });

  it("saturates at the other end where all values are negative", () => {
    expect(encodeGuarded({ min: -6, max: -2 }, config, "clamp").zeroPoint).toBe(127);
    expect(rounded({ min: -6, max: -2 }, "clamp", [-5])[0]).toBeCloseTo(-4, 6);
  });

  it("is extended to zero otherwise, and every value is half a step away at most", () => {
    const values = [2, 3.3, 5, 6];
    rounded({ min: 2, max: 6 }, "include-zero", values).forEach((value, index) => {
      expect(Math.abs(value - values[index]!)).toBeLessThanOrEqual(0.0118);
    });
  });
});

it("clamps nothing where zero lies inside, where the grid is symmetric, or where there is one value only", () => {
  const around = { min: -1, max: 3 };
  expect(encodeGuarded(around, config, "clamp")).toEqual(encodeGuarded(around, config, "include-zero"));
  expect(encodeGuarded({ min: 2, max: 6 }, { ...config, scheme: "symmetric" }, "clamp").zeroPoint).toBe(0);
  expect(rounded({ min: 3, max: 3 }, "clamp", [3])[0]).toBeCloseTo(3, 6);
});
