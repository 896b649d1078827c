import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AffineEncoding, IntegerDtype, Tensor } from "../spec/index.ts";
import { codeRange, isSigned } from "./code-range.ts";
import { runtimeQuantize } from "./fixtures/runtime-quantize.ts";
import { unpackNibbles } from "./nibbles.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";
import { scaleCount } from "./scale-groups.ts";

const dtypes: readonly IntegerDtype[] = ["int8", "uint8", "int16", "uint16", "int4", "uint4"];
const tensor = (shape: readonly number[], data: Float32Array): Tensor => ({ dtype: "float32", shape, data });
const codesOf = ({ dtype, data, shape }: Tensor): number[] => {
  const count = shape.reduce((a, b) => a * b, 1);
  return Array.from(dtype.endsWith("t4") ? unpackNibbles(data as Uint8Array, count, dtype === "int4") : (data as Int8Array));
};

/** Powers of two make exact ties reachable; the others do not divide evenly. */
const scale = fc.oneof(
  fc.integer({ min: -12, max: 6 }).map((exponent) => 2 ** exponent),
  fc.float({ min: Math.fround(1e-6), max: 1000, noNaN: true }),
);

/** Values around the grid: ties, neighbours of ties, the ends, far outside, zeros of both signs, subnormals. */
const valueFor = (encoding: AffineEncoding, group: number) => {
  const { min, max } = codeRange(encoding);
  const step = encoding.scale[group]!;
  const zeroPoint = encoding.zeroPoint[group]!;
  // The runtime's blocked and 4-bit kernels convert to int32 before they saturate, which is undefined beyond 2^31.
  const limit = encoding.block === undefined && !encoding.dtype.endsWith("t4") ? Number.POSITIVE_INFINITY : 2 ** 30 * Math.min(...encoding.scale);
  const code = fc.integer({ min: min - 3, max: max + 3 });
  return fc
    .oneof(
      code.map((each) => Math.fround((each - zeroPoint) * step)),
      code.map((each) => Math.fround((each - zeroPoint + 0.5) * step)),
      code.map((each) => Math.fround((each - zeroPoint + 0.5) * step * (1 + 2 ** -23))),
      fc.float({ noNaN: true }),
      fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    )
    .map((value) => Math.fround(Math.min(Math.max(value, -limit), limit)));
};

/** The runtime takes a scale of shape [1] as one scale per tensor and refuses a block size beside it. */
const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
const blocks = (shape: readonly number[]) =>
  fc
    .record({ axis: fc.nat({ max: shape.length - 1 }), block: fc.integer({ min: 1, max: 4 }) })
    .map((layout) => (shape.length === 1 && shape[0]! <= layout.block ? {} : layout));

const subject = (dtype: IntegerDtype) =>
  shapes
    .chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        layout: fc.oneof(
          fc.constant<Pick<AffineEncoding, "axis" | "block">>({}),
          fc.nat({ max: shape.length - 1 }).map((axis) => ({ axis })),
          blocks(shape),
        ),
      }),
    )
    .chain(({ shape, layout }) => {
      const count = scaleCount(shape, layout);
      const { min, max } = codeRange({ dtype });
      return fc.record({
        shape: fc.constant(shape),
        layout: fc.constant(layout),
        scale: fc.array(scale, { minLength: count, maxLength: count }),
        zeroPoint: fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count }),
      });
    })
    .chain(({ shape, layout, scale, zeroPoint }) => {
      const encoding: AffineEncoding = { kind: "affine", dtype, scale, zeroPoint, ...layout };
      const size = shape.reduce((a, b) => a * b, 1);
      return fc.record({
        encoding: fc.constant(encoding),
        values: fc
          .array(
            fc.nat({ max: scale.length - 1 }).chain((group) => valueFor(encoding, group)),
            { minLength: size, maxLength: size },
          )
          .map((values) => tensor(shape, Float32Array.from(values))),
      });
    });

describe("quantizeTensor and dequantizeTensor", () => {
  it.each(dtypes)("agree with ONNX Runtime bit for bit on %s", async (dtype) => {
    await fc.assert(
      fc.asyncProperty(subject(dtype), async ({ values, encoding }) => {
        const runtime = await runtimeQuantize(values, encoding);
        const quantized = quantizeTensor(values, encoding);
        expect(codesOf(quantized)).toEqual(Array.from(runtime.codes));
        expect(dequantizeTensor(quantized, encoding).data).toEqual(runtime.real);
      }),
      { numRuns: 60 },
    );
  });

  it.each(dtypes)("agree with the vector kernels of ONNX Runtime on a long %s tensor", async (dtype) => {
    const count = 4099;
    const { min, max } = codeRange({ dtype });
    const encoding: AffineEncoding = { kind: "affine", dtype, scale: [Math.fround(0.1)], zeroPoint: [Math.floor((min + max) / 3)] };
    const span = Math.min(max - min, 600);
    const values = tensor(
      [count],
      Float32Array.from({ length: count }, (_, index) => Math.fround(((index * 0.25) % span) - span / 2) * Math.fround(0.1)),
    );
    expect(codesOf(quantizeTensor(values, encoding))).toEqual(Array.from((await runtimeQuantize(values, encoding)).codes));
  });

  it("keeps codes of a narrow grid inside its bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.boolean(), fc.float({ noNaN: true }), (bits, signed, value) => {
        const encoding: AffineEncoding = { kind: "affine", dtype: signed ? "int8" : "uint8", bits, scale: [0.5], zeroPoint: [0] };
        const [code] = codesOf(quantizeTensor(tensor([1], Float32Array.of(value)), encoding));
        const { min, max } = codeRange(encoding);
        expect(max - min + 1).toBe(2 ** bits);
        expect(code).toBeGreaterThanOrEqual(min);
        expect(code).toBeLessThanOrEqual(max);
      }),
    );
  });

  it("tells large int32 codes apart", () => {
    const encoding: AffineEncoding = { kind: "affine", dtype: "int32", scale: [Math.fround(1e-7)], zeroPoint: [0] };
    const value = Math.fround(100.00001);
    const [code] = codesOf(quantizeTensor(tensor([1], Float32Array.of(value)), encoding));
    expect(Math.abs(code! - value / Math.fround(1e-7))).toBeLessThanOrEqual(0.5);
    const [saturated] = codesOf(quantizeTensor(tensor([1], Float32Array.of(1e9)), encoding));
    expect(saturated).toBe(2 ** 31 - 1);
  });

  it("takes half floats by value", () => {
    const encoding: AffineEncoding = { kind: "affine", dtype: "int8", scale: [0.25], zeroPoint: [0] };
    const halves: Tensor = { dtype: "float16", shape: [4], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x3555) };
    expect(codesOf(quantizeTensor(halves, encoding))).toEqual([4, -8, 0, 1]);
    const brains: Tensor = { dtype: "bfloat16", shape: [2], data: Uint16Array.of(0x3f80, 0xc000) };
    expect(codesOf(quantizeTensor(brains, encoding))).toEqual([4, -8]);
  });

  it("names the axis that a tensor lacks, and counts that do not match", () => {
    const values = tensor([2, 3], new Float32Array(6));
    const encoding: AffineEncoding = { kind: "affine", dtype: "int8", scale: [1, 1], zeroPoint: [0, 0], axis: 1 };
    expect(() => quantizeTensor(values, encoding)).toThrow(/needs 3 scales/);
    expect(() => quantizeTensor(values, { ...encoding, axis: 2 })).toThrow(/names axis 2/);
  });

  it("packs an odd number of nibbles, low one first", () => {
    for (const dtype of ["int4", "uint4"] as const) {
      const encoding: AffineEncoding = { kind: "affine", dtype, scale: [1], zeroPoint: [0] };
      const quantized = quantizeTensor(tensor([3], Float32Array.of(1, isSigned(dtype) ? -2 : 14, 7)), encoding);
      expect(quantized.data).toEqual(Uint8Array.of(0xe1, 0x07));
    }
  });
});
