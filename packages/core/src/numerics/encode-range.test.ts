import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IntegerDtype, Scheme, TensorConfig } from "../spec/index.ts";
import { codeRange, containerBits, isSigned } from "./code-range.ts";
import { encodeRange, smallestScale } from "./encode-range.ts";

const config = (dtype: IntegerDtype, scheme: Scheme, bits = containerBits[dtype]) => ({ dtype, bits, scheme });
const schemes: readonly Scheme[] = ["asymmetric", "symmetric", "symmetric-uint8", "power-of-two"];

const anyConfig: fc.Arbitrary<Pick<TensorConfig, "dtype" | "bits" | "scheme">> = fc
  .record({
    dtype: fc.constantFrom<IntegerDtype>("int8", "uint8", "int16", "uint16", "int4", "uint4"),
    scheme: fc.constantFrom(...schemes),
    bits: fc.integer({ min: 2, max: 16 }),
  })
  .map((each) => ({ ...each, bits: Math.min(each.bits, containerBits[each.dtype]) }));

const finite = fc.float({ min: Math.fround(-1e38), max: Math.fround(1e38), noNaN: true });
const anyRange = fc.tuple(finite, finite).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

describe("encodeRange", () => {
  it.each([
    ["asymmetric", 6 / 255, -128],
    ["symmetric", 12 / 255, 0],
    ["symmetric-uint8", 6 / 255, -128],
    ["power-of-two", 2 ** -4, 0],
  ] as const)("encodes [0, 6] as int8 %s", (scheme, scale, zeroPoint) => {
    expect(encodeRange({ min: 0, max: 6 }, config("int8", scheme))).toEqual({ scale: Math.fround(scale), zeroPoint });
  });

  it("takes 1 / 127.5 and 1 / 31.5 as symmetric steps of [-1, 1] at 8 and 6 bits", () => {
    expect(encodeRange({ min: -1, max: 1 }, config("int8", "symmetric")).scale).toBeCloseTo(0.0078431, 7);
    expect(encodeRange({ min: -1, max: 1 }, config("int8", "symmetric", 6)).scale).toBeCloseTo(0.031746, 6);
  });

  it("keeps 5 within half a step of [2, 6], whose own zero point would overflow", () => {
    const { scale, zeroPoint } = encodeRange({ min: 2, max: 6 }, config("int8", "asymmetric"));
    const code = Math.floor(5 / scale + zeroPoint + 0.5);
    expect(Math.abs((code - zeroPoint) * scale - 5)).toBeLessThanOrEqual(0.0118);
  });

  it("puts the largest value on the last code of a narrow grid", () => {
    expect(encodeRange({ min: -1, max: 0.5 }, config("int8", "symmetric"), { narrow: true }).scale).toBe(Math.fround(1 / 127));
    expect(encodeRange({ min: -1, max: 0.5 }, config("uint8", "symmetric"), { narrow: true })).toEqual({ scale: Math.fround(2 / 255), zeroPoint: 128 });
  });

  it("gives a tensor of zeros step 1", () => {
    for (const scheme of schemes) expect(encodeRange({ min: 0, max: 0 }, config("int8", scheme))).toMatchObject({ scale: 1 });
    expect(encodeRange({ min: 0, max: 0 }, config("int8", "symmetric"))).toEqual({ scale: 1, zeroPoint: 0 });
  });

  it("gives every legal range a legal zero point, a positive float32 scale and both ends within half a step", () => {
    fc.assert(
      fc.property(anyRange, anyConfig, fc.boolean(), ({ min, max }, grid, narrow) => {
        const { scale, zeroPoint } = encodeRange({ min, max }, grid, { narrow });
        const codes = codeRange(grid);
        expect(scale).toBe(Math.fround(scale));
        expect(scale).toBeGreaterThanOrEqual(smallestScale);
        expect(Number.isFinite(scale)).toBe(true);
        expect(zeroPoint).toBe(Math.trunc(zeroPoint));
        expect(zeroPoint).toBeGreaterThanOrEqual(codes.min);
        expect(zeroPoint).toBeLessThanOrEqual(codes.max);
        // The scale is rounded to float32, 2^-24 of every code.
        const slack = 0.5 * scale + (codes.max - codes.min) * scale * 2 ** -24;
        expect((codes.max - zeroPoint) * scale).toBeGreaterThanOrEqual(max - slack);
        expect((codes.min - zeroPoint) * scale).toBeLessThanOrEqual(min + slack);
      }),
      { numRuns: 2000 },
    );
  });

  it("uses zero point 0 or the middle code where the scheme is symmetric, and a power of two where it says so", () => {
    fc.assert(
      fc.property(anyRange, anyConfig, (range, grid) => {
        const { scale, zeroPoint } = encodeRange(range, grid);
        if (grid.scheme === "symmetric" || grid.scheme === "power-of-two") expect(zeroPoint).toBe(isSigned(grid.dtype) ? 0 : 2 ** (grid.bits - 1));
        if (grid.scheme === "power-of-two" && scale !== 1) {
          const plain = encodeRange(range, { ...grid, scheme: "symmetric" }).scale;
          expect(Number.isInteger(Math.log2(scale))).toBe(true);
          if (scale < 2 ** 127) expect(scale / plain).toBeGreaterThanOrEqual(1);
          expect(scale / plain).toBeLessThan(2);
        }
      }),
    );
  });

  it("answers with a zero point of 0, never -0, which a plan in JSON would lose", () => {
    const { zeroPoint } = encodeRange({ min: -127.8, max: 127.2 }, config("int8", "asymmetric"));
    expect(Object.is(zeroPoint, 0)).toBe(true);
  });

  it.each([
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [1, -1],
  ])("refuses a range from %d to %d", (min, max) => expect(() => encodeRange({ min, max }, config("int8", "symmetric"))).toThrow(/cannot be encoded/));
});
