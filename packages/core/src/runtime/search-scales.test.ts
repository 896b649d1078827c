import { afterEach, describe, expect, it } from "vitest";
import { int, ints, type Value } from "../ir/index.ts";
import type { AffineEncoding, Probe } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { activationEncoding, weightEncoding, weightSite } from "./fixtures/encodings.ts";
import { randomTensor } from "./fixtures/matrices.ts";
import { type SearchCase, searchCase } from "./fixtures/search-case.ts";
import { factorsOf, linearFactors, scaledBy, searchWeightFactors } from "./search-scales.ts";

const left = { encoding: activationEncoding(-1, 1, 6) };
const factors = linearFactors(0.25, 1.25, 41);

let search: SearchCase | undefined;
afterEach(() => search?.runtime.dispose());

interface Searched {
  readonly probe: Probe;
  readonly initial: AffineEncoding;
}

type Build = (b: GraphBuilder, x: Value) => Value;

/** A layer whose scales have more than a hundred weights each, as real ones have. */
async function searched(shape: readonly number[], build: Build, granularity: "tensor" | "channel"): Promise<Searched> {
  const model = buildModel({ inputs: { x: ["n", ...shape] } }, (b, { x }) => ({ y: build(b, x) }));
  search = await searchCase(model, [{ x: randomTensor([64, ...shape]) }]);
  const [sample] = await search.runtime.sample([search.layer("layer")]);
  const initial = weightEncoding(search.node("layer").inputs[1]!.constant!, weightSite(search), { granularity, bits: 4 });
  return { probe: await search.runtime.probe(sample!), initial };
}

/** By factor: the error of all channels, summed by what they share. */
async function everyError({ probe, initial }: Searched, ownerOf: (channel: number) => number): Promise<readonly (readonly number[])[]> {
  const errors: number[][] = [];
  for (const factor of factors) {
    const sums: number[] = [];
    const { channels } = await probe.error({ left, right: scaledBy(initial, factor) });
    channels.forEach((error, channel) => {
      sums[ownerOf(channel)] = (sums[ownerOf(channel)] ?? 0) + error;
    });
    errors.push(sums);
  }
  return errors;
}

/** The search may stop in a valley that is nearly as deep as the deepest: with few rows there are several. */
function expectLeast(errors: readonly (readonly number[])[], chosen: ArrayLike<number>, ownerOf: (scale: number) => number): void {
  let [found, least, start] = [0, 0, 0];
  for (const [scale, factor] of Array.from(chosen).entries()) {
    const index = factors.indexOf(factor);
    expect(index, `${factor} is one of the factors`).toBeGreaterThanOrEqual(0);
    const own = errors.map((each) => each[ownerOf(scale)]!);
    expect(own[index]! / Math.min(...own), `scale ${scale}`).toBeLessThan(1.05);
    found += own[index]!;
    least += Math.min(...own);
    start += own[factors.indexOf(1)]!;
  }
  expect(found).toBeLessThan(1.01 * least);
  expect(found).toBeLessThan(0.95 * start);
}

/** Most are small, few are large: the best grid clips. */
function weightOf(b: GraphBuilder, shape: readonly number[]): Value {
  const uniform = b.random(shape, "uniform").constant!;
  return b.constant({ ...uniform, data: (uniform.data as Float32Array).map((value) => value ** 3) }, undefined, "w");
}

const layers: Readonly<Record<string, readonly [shape: readonly number[], scales: number, build: Build]>> = {
  Conv: [[16, 6, 6], 6, (b, x) => b.op("Conv", [x, weightOf(b, [6, 16, 3, 3]), b.random([6])], {}, "layer")],
  "grouped Conv": [[64, 5, 5], 8, (b, x) => b.op("Conv", [x, weightOf(b, [8, 32, 2, 2])], { group: int(2) }, "layer")],
  "depthwise Conv": [[4, 12, 12], 4, (b, x) => b.op("Conv", [x, weightOf(b, [4, 1, 11, 11])], { group: int(4), pads: ints([5, 5, 5, 5]) }, "layer")],
  "grouped ConvTranspose": [[64, 4, 4], 3, (b, x) => b.op("ConvTranspose", [x, weightOf(b, [64, 3, 2, 2])], { group: int(2) }, "layer")],
  "transposed Gemm": [[150], 6, (b, x) => b.op("Gemm", [x, weightOf(b, [6, 150]), b.random([6])], { transB: int(1) }, "layer")],
  MatMul: [[7, 150], 6, (b, x) => b.op("MatMul", [x, weightOf(b, [150, 6])], {}, "layer")],
};

describe("searchWeightFactors", () => {
  it.each(Object.keys(layers))("finds the factor of least error of every scale of %s", async (name) => {
    const [shape, scales, build] = layers[name]!;
    const found = await searched(shape, build, "channel");
    expect(found.initial.scale).toHaveLength(scales);
    const errors = await everyError(found, (channel) => channel % scales);
    const chosen = await searchWeightFactors(found.probe, left, found.initial, factors);
    expectLeast(errors, chosen, (scale) => scale);
    expect(new Set(chosen).size, "scales differ in what is best").toBeGreaterThan(1);
  });

  it("gives one factor to scales that share it", async () => {
    const [shape, , build] = layers["MatMul"]!;
    const found = await searched(shape, build, "channel");
    const blocks = [0, 1, 0, 2, 2, 1];
    const errors = await everyError(found, (channel) => blocks[channel]!);
    const chosen = await searchWeightFactors(found.probe, left, found.initial, factors, blocks);
    expectLeast(errors, chosen, (scale) => blocks[scale]!);
    expect([chosen[0], chosen[1], chosen[3]]).toEqual([chosen[2], chosen[5], chosen[4]]);
  });

  it("finds the factor of one scale for the whole weight", async () => {
    const [shape, , build] = layers["Conv"]!;
    const found = await searched(shape, build, "tensor");
    const errors = await everyError(found, () => 0);
    expectLeast(errors, await searchWeightFactors(found.probe, left, found.initial, factors), () => 0);
  });

  it("takes the least error of few factors, in whatever order they come", async () => {
    const [shape, , build] = layers["Conv"]!;
    const found = await searched(shape, build, "channel");
    const few = [0.8, 1.2, 0.5];
    const chosen = await searchWeightFactors(found.probe, undefined, found.initial, few);
    const tried = await Promise.all(few.map((factor) => found.probe.error({ right: scaledBy(found.initial, factor) })));
    expect([...chosen]).toEqual(Array.from(chosen, (_, channel) => few.reduce((a, b) => (errorOf(b, channel) < errorOf(a, channel) ? b : a))));

    function errorOf(factor: number, channel: number): number {
      return tried[few.indexOf(factor)]!.channels[channel]!;
    }
  });
});

describe("factors", () => {
  it("are equally spaced, both ends included", () => {
    expect(linearFactors(0.5, 1.5, 5)).toEqual([0.5, 0.75, 1, 1.25, 1.5]);
  });

  it("of a power of two are powers of two, and 1 is one of them", () => {
    expect(factorsOf({ scheme: "power-of-two" }, linearFactors(0.3, 1.2, 10))).toEqual([1, 0.5, 0.25]);
    expect(factorsOf({ scheme: "power-of-two" }, [0.2, 0.25])).toEqual([1, 0.5, 0.25, 0.125]);
    expect(factorsOf({ scheme: "power-of-two" }, [4, 5])).toEqual([4, 2, 1]);
    expect(factorsOf({ scheme: "symmetric" }, [0.3, 0.7])).toEqual([0.3, 0.7]);
  });

  it("change scales and nothing else, to float32", () => {
    const encoding: AffineEncoding = { kind: "affine", dtype: "int8", bits: 4, scale: [0.5, 0.25], zeroPoint: [1, -1], axis: 1 };
    expect(scaledBy(encoding, 0.1)).toEqual({ ...encoding, scale: [Math.fround(0.05), Math.fround(0.025)] });
    expect(scaledBy(encoding, Float64Array.of(2, 4))).toEqual({ ...encoding, scale: [1, 1] });
  });
});
