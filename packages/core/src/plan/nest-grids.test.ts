import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ints, type Model, type Value, viewOf } from "../ir/index.ts";
import { fakeQuantize } from "../numerics/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding, OperandPlan, QuantConfigInput } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { nestGrids } from "./nest-grids.ts";

const conv = (b: GraphBuilder, x: Value, name: string): Value => b.op("Conv", [x, b.random([2, 2, 1, 1], `${name}_w`)], {}, name);

const stored: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.02], zeroPoint: [100] };
const readOn = (bits: number, zeroPoint: number): OperandPlan => ({ encoding: { kind: "affine", dtype: "uint8", bits, scale: [0.1], zeroPoint: [zeroPoint] } });

interface Case {
  readonly read?: OperandPlan;
  readonly from?: AffineEncoding;
  readonly config?: QuantConfigInput;
  readonly build?: (b: GraphBuilder, x: Value) => Record<string, Value>;
}

/** What `first_out` is stored on, and all tensors beside it. */
function nested({ read = readOn(6, 20), from = stored, config = {}, build = (b, x) => ({ y: conv(b, conv(b, x, "first"), "second") }) }: Case = {}) {
  const model: Model = buildModel({ inputs: { x: [1, 2, 8, 8] } }, (b, { x }) => build(b, x!));
  const placement = place(model.graph, new Map(), fixtureTarget, resolveConfig({ activations: { bits: 6 }, ...config }, fixtureTarget));
  const encodings = Object.fromEntries(placement.activations.flatMap(({ tensors }) => tensors.map((tensor) => [tensor, from])));
  const operands = Object.fromEntries(placement.operands.map(({ tensor }) => [tensor, read]));
  return nestGrids(viewOf(model.graph), placement, { encodings, operands, nodes: placement.nodes });
}

describe("the grid a tensor is stored on, where products read a narrower one", () => {
  it.each([
    [7, 1],
    [6, 3],
    [5, 7],
    [4, 17],
    [3, 35],
  ])("has an odd part of its steps: of %i bits 1 / %i", (bits, parts) => {
    const { first_out: grid } = nested({ read: readOn(bits, 3) });
    expect(grid!.scale).toEqual([Math.fround(0.1 / parts)]);
    expect(grid!.bits).toBeUndefined();
  });

  it("lets rounding twice come to the same as rounding once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.nat(),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        fc.double({ min: -0.2, max: 1.2, noNaN: true }),
        (bits, zero, step, at) => {
          const last = 2 ** bits - 1;
          const encoding: AffineEncoding = { kind: "affine", dtype: "uint8", bits, scale: [Math.fround(step)], zeroPoint: [zero % (last + 1)] };
          const value = (at * last - encoding.zeroPoint[0]!) * step;
          // Beside the end of a code's reach, where float32 decides.
          fc.pre(Math.abs(Math.abs((value / step) % 1) - 0.5) > 1e-4);
          const grid = nested({ read: { encoding } }).first_out!;
          const data = { dtype: "float32" as const, shape: [1], data: Float32Array.of(value) };
          const [once] = fakeQuantize(data, encoding).data as Float32Array;
          const [twice] = fakeQuantize(fakeQuantize(data, grid), encoding).data as Float32Array;
          expect(twice).toBe(once);
        },
      ),
    );
  });

  it("reaches all that products tell apart, and still ends where a Relu does", () => {
    const { scale, zeroPoint } = nested().first_out!;
    expect(zeroPoint[0]! * scale[0]!).toBeGreaterThanOrEqual(20 * 0.1);
    expect((255 - zeroPoint[0]!) * scale[0]!).toBeGreaterThanOrEqual(43 * 0.1);
    const build = (b: GraphBuilder, x: Value) => ({ y: conv(b, b.op("Relu", [conv(b, x, "first")], {}, "relu"), "second") });
    const rectified: AffineEncoding = { ...stored, zeroPoint: [0] };
    expect(nested({ build, from: rectified, read: readOn(6, 0) }).relu_out!.zeroPoint).toEqual([0]);
    expect(nested({ build, from: rectified, read: readOn(6, 20) }).relu_out, "a grid that lets negative values through").toEqual(rectified);
  });

  it("is one for all tensors that data is moved between", () => {
    const build = (b: GraphBuilder, x: Value) => ({
      y: conv(b, b.op("MaxPool", [conv(b, x, "first")], { kernel_shape: ints([2, 2]) }, "pool"), "second"),
    });
    const encodings = nested({ build });
    expect(encodings.pool_out).toEqual(encodings.first_out);
    expect(encodings.pool_out!.scale).toEqual([Math.fround(0.1 / 3)]);
  });

  it.each<readonly [string, Case]>([
    ["an output of the model", { build: (b, x) => ((first) => ({ y: conv(b, first, "second"), z: first }))(conv(b, x, "first")) }],
    [
      "read by an operator that computes",
      { build: (b, x) => ((first) => ({ y: conv(b, first, "second"), w: conv(b, b.op("Add", [first, first]), "third") }))(conv(b, x, "first")) },
    ],
    ["read rescaled", { read: { ...readOn(6, 20), rescaling: { axis: 1, scale: [1, 2] } } }],
    ["read with one scale per channel", { read: { encoding: { ...stored, bits: 6, scale: [0.1, 0.2], zeroPoint: [1, 1], axis: 1 } } }],
    ["on grids per channel itself", { from: { ...stored, scale: [0.1, 0.2], zeroPoint: [1, 1], axis: 1 } }],
    ["read at full width", { read: { encoding: { ...stored, scale: [0.03] } } }],
    ["on steps that are powers of two", { config: { activations: { bits: 6, scheme: "power-of-two" } } }],
  ])("stays as it is where the tensor is %s", (_, options) => {
    const { first_out: grid, z = grid } = nested(options);
    expect(z).toEqual(options.from ?? stored);
  });
});
