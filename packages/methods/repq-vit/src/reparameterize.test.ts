import { type AffineEncoding, biasOfShift, codeRange, type NodeView, rescaleWeight, seededRandom, type TensorConfig, viewOf } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { describe, expect, it } from "vitest";
import { reparameterize } from "./reparameterize.ts";
import { channelGrid } from "./uniform-grids.ts";

const config: TensorConfig = { dtype: "uint8", bits: 6, scheme: "asymmetric", granularity: "tensor" };
const [rows, channels, outputs] = [500, 24, 10];

/** Channels of very different width, each around a centre of its own. */
function channelValues(centres = 1): readonly Float32Array[] {
  const random = seededRandom(3);
  return Array.from({ length: channels }, () => {
    const [width, centre] = [50 ** random(), centres * (random() * 4 - 2)];
    return Float32Array.from({ length: rows }, () => centre + width * (random() + random() - 1));
  });
}

function gridsOf(values: readonly Float32Array[], own = config): readonly AffineEncoding[] {
  return values.map((channel) => channelGrid(channel, own));
}

/** W x + bias for every row, before and after: float32 where the network is float32. */
function outputsOf(values: readonly Float32Array[], own = config): { readonly before: Float64Array; readonly after: Float64Array } {
  const model = buildModel({ inputs: { x: [rows, channels] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.random([channels, outputs], "w")], {}, "linear") }));
  const node: NodeView = viewOf(model.graph).node("linear")!;
  const { rescaling } = reparameterize(gridsOf(values, own), 1, own)!;
  const weight = node.inputs[1]!.constant!;
  const changed = rescaleWeight(node, weight, rescaling!);
  const returned = biasOfShift(node, changed, rescaling!)!;
  const product = (entry: (channel: number, row: number) => number, w: ArrayLike<number>, bias: (output: number) => number): Float64Array =>
    Float64Array.from({ length: rows * outputs }, (_, index) => {
      const [row, output] = [Math.floor(index / outputs), index % outputs];
      return values.reduce((sum, _each, channel) => sum + entry(channel, row) * w[channel * outputs + output]!, bias(output));
    });
  const { scale, shift } = rescaling!;
  const rescaled = (channel: number, row: number): number => Math.fround(values[channel]![row]! / scale[channel]! - shift![channel]!);
  return {
    before: product(
      (channel, row) => values[channel]![row]!,
      weight.data as Float32Array,
      () => 0,
    ),
    after: product(rescaled, changed.data as Float32Array, (output) => Math.fround(returned[output]!)),
  };
}

function relativeError({ before, after }: ReturnType<typeof outputsOf>): number {
  const largest = before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return before.reduce((most, value, index) => Math.max(most, Math.abs(value - after[index]!)), 0) / largest;
}

describe("reparameterization", () => {
  it.each([
    ["asymmetric", config],
    ["symmetric", { ...config, dtype: "int8", scheme: "symmetric" }],
    ["power of two", { ...config, dtype: "int8", scheme: "power-of-two" }],
  ] as const)("changes nothing in float, and its zero point is a code: %s", (_, own) => {
    const { encoding } = reparameterize(gridsOf(channelValues(), own), 1, own)!;
    const { min, max } = codeRange(own);
    const [zeroPoint] = (encoding as AffineEncoding).zeroPoint;
    expect(Number.isInteger(zeroPoint) && zeroPoint! >= min && zeroPoint! <= max).toBe(true);
    expect(relativeError(outputsOf(channelValues(), own))).toBeLessThan(1e-5);
  });

  it.each([
    ["around zero", 1],
    ["far from zero, where no code could be a channel's zero point", 100],
  ])("every channel's grid becomes the layer's, code by code: %s", (_, centres) => {
    const grids = gridsOf(channelValues(centres));
    const { encoding, rescaling } = reparameterize(grids, 1, config)!;
    const { scale, zeroPoint } = encoding as AffineEncoding;
    for (const [channel, grid] of grids.entries()) {
      for (const code of [0, 17, 63]) {
        const value = (code - grid.zeroPoint[0]!) * grid.scale[0]!;
        const moved = value / rescaling!.scale[channel]! - rescaling!.shift![channel]!;
        expect((moved / scale[0]! + zeroPoint[0]!) / 63).toBeCloseTo(code / 63, 4);
      }
    }
  });

  it("the layer's step and zero point are the means of the channels'", () => {
    const channel = (scale: number, zeroPoint: number): AffineEncoding => ({ kind: "affine", dtype: "uint8", bits: 6, scale: [scale], zeroPoint: [zeroPoint] });
    const plan = reparameterize([channel(0.5, 10), channel(0.25, 20), channel(0.75, 34)], 2, config)!;
    // r = (1, 0.5, 1.5); min~ = -21 * 0.5; min_c = (-5, -5, -25.5).
    expect(plan.encoding).toEqual(channel(0.5, 21));
    expect(plan.rescaling).toEqual({ axis: 2, scale: [1, 0.5, 1.5], shift: [5.5, 0.5, -6.5] });
  });

  it("keeps channels that never vary finite, and exact", () => {
    const values = [...channelValues()];
    values[3] = new Float32Array(rows).fill(5);
    values[4] = new Float32Array(rows);
    const { rescaling } = reparameterize(gridsOf(values), 1, config)!;
    for (const each of [...rescaling!.scale, ...rescaling!.shift!]) expect(Number.isFinite(each)).toBe(true);
    expect(relativeError(outputsOf(values))).toBeLessThan(1e-5);
    expect(reparameterize(gridsOf([values[3]!, values[4]!]), 1, config)).toBeUndefined();
  });
});
