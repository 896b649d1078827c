import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AffineEncoding, Encoding, LogEncoding, Tensor, TwinEncoding } from "../spec/index.ts";
import { fakeQuantize } from "./fake-quantize.ts";
import { runtimeQuantize } from "./fixtures/runtime-quantize.ts";
import { leadingBit, logCode } from "./log-codes.ts";

const vector = (values: readonly number[]): Tensor => ({ dtype: "float32", shape: [values.length], data: Float32Array.from(values) });
const onGrid = (values: readonly number[], encoding: Encoding): number[] => Array.from(fakeQuantize(vector(values), encoding).data as Float32Array);
const affine = (dtype: AffineEncoding["dtype"], scale: number, zeroPoint = 0, bits?: number): AffineEncoding => ({
  kind: "affine",
  dtype,
  scale: [Math.fround(scale)],
  zeroPoint: [zeroPoint],
  ...(bits && { bits }),
});
const log = (base: LogEncoding["base"], bits: number, scale = 1, rounding: LogEncoding["rounding"] = "nearest"): LogEncoding => ({
  kind: "log",
  base,
  bits,
  scale,
  rounding,
});

describe("fakeQuantize on a log sqrt2 grid", () => {
  const grid = log("sqrt2", 4);

  it("gives the codes and values of RepQ-ViT's quantizer", () => {
    const values = [1, Math.SQRT1_2, 0.5, 0.35355];
    expect(values.map((value) => logCode(Math.fround(value), grid))).toEqual([0, 1, 2, 3]);
    expect(onGrid(values, grid)).toEqual([1, Math.SQRT1_2, 0.5, Math.SQRT1_2 / 2].map((value) => expect.closeTo(value, 6)));
  });

  it("makes what lies below the last code 0, what is not positive 0, and what exceeds the scale the scale", () => {
    const edge = 2 ** -7.75;
    expect(onGrid([edge * 1.0001, edge * 0.9999], grid)).toEqual([expect.closeTo(2 ** -7.5, 7), 0]);
    expect(onGrid([0, -0, -1, 1.5, 1e30, 2 ** -149], grid)).toEqual([0, 0, 0, 1, 1, 0]);
  });

  it("is within a quarter of a power of two of every value the grid reaches, also far below one", () => {
    for (const bits of [4, 8]) {
      const wide = log("sqrt2", bits, 0.3);
      for (let power = 0; power < 2 ** (bits - 1) - 1 && power < 99; power += 0.11) {
        const value = Math.fround(0.3 * 2 ** -power);
        const ratio = onGrid([value], wide)[0]! / value;
        expect(Math.abs(Math.log2(ratio))).toBeLessThan(0.25 + 1e-5);
      }
    }
  });
});

describe("fakeQuantize on a log2 grid", () => {
  it("rounds exponents of whole numbers as FQ-ViT's hardware does", () => {
    expect([5, 6, 3, 2, 1].map(leadingBit)).toEqual([2, 3, 2, 1, 0]);
  });

  it("changes code at 1.5 times a power of two, exactly, where leading bits decide, and at sqrt2 where the nearest exponent does", () => {
    for (let power = 0; power < 15; power++) {
      // 1.5 * 2^k / scale is a whole number here, so that the ratio of scale and value is exact.
      const scale = 3;
      const value = 2 / 2 ** power;
      const [above, at, below] = [value * (1 + 2 ** -22), value, value * (1 - 2 ** -22)].map(Math.fround);
      const codes = [above!, at!, below!].map((each) => logCode(each, log("2", 4, scale, "leading-bit")));
      expect(codes).toEqual([power, power + 1, power + 1]);
      expect(logCode(scale / (1.41 * 2 ** power), log("2", 4, scale))).toBe(power);
      expect(logCode(scale / (1.42 * 2 ** power), log("2", 4, scale))).toBe(power + 1);
    }
  });

  it("agrees with the search for the leading one, bit by bit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 24 }), (value) => {
        const position = 31 - Math.clz32(value);
        const rest = value - 2 ** position;
        expect(leadingBit(value)).toBe(2 * rest >= 2 ** position ? position + 1 : position);
      }),
    );
  });
});

describe("fakeQuantize on twin grids", () => {
  const softmax: TwinEncoding = { kind: "twin", threshold: 1 / 16, low: affine("uint8", 1 / 16 / 128, 0, 7), high: affine("uint8", 1 / 127, 0, 7) };

  it("reads each value from one grid alone: zero stays zero, and small scores have the fine step", () => {
    expect(onGrid([0], softmax)).toEqual([0]);
    expect(onGrid([0.001], softmax)[0]).toBe(Math.fround(2 / 2048));
    expect(onGrid([1 / 16], softmax)[0]).toBeCloseTo(8 / 127, 6);
    expect(onGrid([1], softmax)[0]).toBeCloseTo(1, 6);
  });

  it("is half a step of the value's own grid away at most", () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 1, noNaN: true }), (value) => {
        const step = value < softmax.threshold ? 1 / 2048 : 1 / 127;
        // The low grid ends one step before the threshold.
        const slack = value < softmax.threshold ? 1 : 0.5;
        expect(Math.abs(onGrid([value], softmax)[0]! - value)).toBeLessThanOrEqual(step * slack * (1 + 1e-5));
      }),
    );
  });
});

describe("fakeQuantize on an affine grid", () => {
  it("is what the runtime's pair of operators computes", async () => {
    const values = vector([-3, -0.75, -0.25, 0, 0.25, 0.75, 1.25, 200, 0.1]);
    for (const grid of [affine("uint8", 0.5, 3), affine("int8", 0.1)]) {
      expect(fakeQuantize(values, grid).data).toEqual((await runtimeQuantize(values, grid)).real);
    }
  });
});
