import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { affineEncoding } from "./affine-encoding.ts";
import { boundedRange } from "./bounded-range.ts";
import { encodeRange } from "./encode-range.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";

describe("boundedRange", () => {
  it("lets every value a step beyond the bound come out at or beyond it, at any width", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 8 }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -2, max: 0, noNaN: true }),
        (bits, max, chosen) => {
          const config = { dtype: "uint8", bits, scheme: "asymmetric" } as const;
          const range = boundedRange({ min: chosen, max }, { min: -9, max }, { min: -3 }, config);
          const encoding = affineEncoding(config, [encodeRange(range, config)]);
          const values = { dtype: "float32" as const, shape: [2], data: Float32Array.of(-3 - encoding.scale[0]!, -9) };
          for (const real of dequantizeTensor(quantizeTensor(values, encoding), encoding).data as Float32Array) expect(real).toBeLessThanOrEqual(-3 + 1e-5);
        },
      ),
    );
  });

  it("ends a rectified grid at its bound, at any width", () => {
    for (let bits = 2; bits <= 16; bits++) {
      const config = { dtype: bits > 8 ? "uint16" : "uint8", bits, scheme: "asymmetric" } as const;
      const { scale, zeroPoint } = encodeRange(boundedRange({ min: 0, max: 5 }, { min: 0, max: 6 }, { min: 0, max: 6 }, config), config);
      expect(zeroPoint).toBe(0);
      expect((2 ** bits - 1) * scale).toBeCloseTo(6, 5);
    }
  });

  it("keeps a range that does not reach the bounds, and the exact zero of a rectified one", () => {
    const config = { bits: 8 };
    expect(boundedRange({ min: -1, max: 2 }, { min: -1, max: 2 }, { min: -3 }, config)).toEqual({ min: -1, max: 2 });
    expect(boundedRange({ min: 0, max: 2 }, { min: 0, max: 2 }, { min: 0 }, config)).toEqual({ min: 0, max: 2 });
  });
});
