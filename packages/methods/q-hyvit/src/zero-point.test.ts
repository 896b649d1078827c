import { affineEncoding, encodeRange, fakeQuantize, type Tensor } from "@halftone/core";
import { describe, expect, it } from "vitest";
import { isLegalZeroPoint } from "./zero-point.ts";

const int8 = { dtype: "int8", bits: 8, scheme: "asymmetric" } as const;

describe("zero points of ranges that are not extended", () => {
  it.each([
    [{ min: -1, max: 6 }, true],
    [{ min: 0, max: 6 }, true],
    [{ min: -6, max: 0 }, true],
    // The true zero point of [2, 6] is -256.
    [{ min: 2, max: 6 }, false],
    [{ min: -6, max: -2 }, false],
  ])("%o: %s", (range, legal) => {
    expect(isLegalZeroPoint(range, int8)).toBe(legal);
    expect(isLegalZeroPoint(range, { ...int8, scheme: "symmetric" })).toBe(true);
  });

  it("a range that is extended to zero keeps what lies in it", () => {
    const encoding = affineEncoding({ dtype: "int8", bits: 8 }, [encodeRange({ min: 2, max: 6 }, int8)]);
    const values: Tensor = { dtype: "float32", shape: [2], data: Float32Array.of(2, 5) };
    // Half a step of 6 / 255.
    expect(Math.abs(Number(fakeQuantize(values, encoding).data[1]) - 5)).toBeLessThanOrEqual(0.0118);
  });
});
