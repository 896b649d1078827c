import { describe, expect, it } from "vitest";
import type { Granularity, IntegerDtype, Tensor, TensorConfig } from "../spec/index.ts";
import { createDistance } from "./distance.ts";
import { type EncodeWeightOptions, encodeWeight } from "./encode-weight.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";
import { seededRandom } from "./random.ts";

const site = (
  granularity: Granularity,
  rest: Partial<TensorConfig> = {},
  axes: { channelAxis: number; reductionAxis: number } = { channelAxis: 0, reductionAxis: 1 },
) => ({
  tensor: "w",
  ...axes,
  config: { dtype: "int8" as IntegerDtype, bits: 8, scheme: "symmetric" as const, granularity, ...rest },
});

/** Laplace-like, so that clipping has something to gain. */
function weights(shape: readonly number[], seed = 1): Tensor {
  const random = seededRandom(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  const draw = (): number => -Math.log(1 - random()) * (random() < 0.5 ? -1 : 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length: count }, draw) };
}

const sqnr = (weight: Tensor, of: ReturnType<typeof site>, options?: EncodeWeightOptions): number => {
  const encoding = encodeWeight(weight, of, options);
  const distance = createDistance();
  distance.update(weight.data as Float32Array, dequantizeTensor(quantizeTensor(weight, encoding), encoding).data as Float32Array);
  return distance.result().sqnrDb;
};

describe("encodeWeight", () => {
  it("gives one scale per tensor, per channel of the channel axis, per block of the reduction axis", () => {
    const weight = weights([4, 6]);
    expect(encodeWeight(weight, site("tensor"))).toMatchObject({ scale: { length: 1 } });
    expect(encodeWeight(weight, site("channel"))).toMatchObject({ scale: { length: 4 }, axis: 0 });
    expect(encodeWeight(weight, site("channel", {}, { channelAxis: 1, reductionAxis: 0 }))).toMatchObject({ scale: { length: 6 }, axis: 1 });
    expect(encodeWeight(weight, site("block", { dtype: "int4", bits: 4, blockSize: 4 }))).toMatchObject({ scale: { length: 8 }, axis: 1, block: 4 });
  });

  it("puts the largest weight of each channel on the last code", () => {
    const weight: Tensor = { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 0.25) };
    const encoding = encodeWeight(weight, site("channel"));
    expect(encoding.scale).toEqual([Math.fround(2 / 127), Math.fround(0.5 / 127)]);
    expect(quantizeTensor(weight, encoding).data).toEqual(Int8Array.of(64, -127, 127, 64));
  });

  it("gives back weights that were on such a grid before", () => {
    const scale = Math.fround(0.0123);
    const codes = Int8Array.from({ length: 255 }, (_, index) => index - 127);
    const weight: Tensor = { dtype: "float32", shape: [1, 255], data: Float32Array.from(codes, (code) => Math.fround(code * scale)) };
    expect(quantizeTensor(weight, encodeWeight(weight, site("channel"))).data).toEqual(codes);
  });

  it("gives a dead channel all-zero codes and the median scale of the live ones", () => {
    const weight = weights([5, 8]);
    (weight.data as Float32Array).fill(0, 8, 16);
    const encoding = encodeWeight(weight, site("channel"));
    const live = encoding.scale.filter((_, index) => index !== 1).sort((a, b) => a - b);
    expect(encoding.scale[1]).toBeCloseTo((live[1]! + live[2]!) / 2, 6);
    expect(Array.from(quantizeTensor(weight, encoding).data as Int8Array).slice(8, 16)).toEqual(Array(8).fill(0));
    const dead: Tensor = { dtype: "float32", shape: [2, 2], data: new Float32Array(4) };
    expect(encodeWeight(dead, site("channel")).scale).toEqual([1, 1]);
  });

  it.each([
    ["tensor", 4, 1],
    ["channel", 4, 0.5],
    ["channel", 3, 0.5],
    ["channel", 8, 0],
  ] as const)("clipping by squared error helps: per %s at %d bits by %d dB", (granularity, bits, gain) => {
    const weight = weights([16, 144]);
    const of = site(granularity, { bits });
    expect(sqnr(weight, of, { clipping: "mse" })).toBeGreaterThan(sqnr(weight, of) + gain);
  });

  it("is finer per channel than per tensor, and per block than per channel", () => {
    const weight = weights([8, 64]);
    (weight.data as Float32Array).forEach((value, index, data) => {
      data[index] = value * (1 + (index >> 6)) * (1 + ((index >> 4) & 3));
    });
    const at4 = { dtype: "int4", bits: 4 } as const;
    expect(sqnr(weight, site("channel", at4))).toBeGreaterThan(sqnr(weight, site("tensor", at4)) + 1);
    expect(sqnr(weight, site("block", { ...at4, blockSize: 16 }))).toBeGreaterThan(sqnr(weight, site("channel", at4)) + 1);
  });

  it("names the weight that holds NaN, and the block size that is missing", () => {
    const broken: Tensor = { dtype: "float32", shape: [2], data: Float32Array.of(1, Number.NaN) };
    expect(() => encodeWeight(broken, site("tensor"))).toThrow(/"w" holds NaN/);
    expect(() => encodeWeight(weights([2, 2]), site("block"))).toThrow(/blockSize/);
  });
});
