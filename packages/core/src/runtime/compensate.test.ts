import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeRange, dequantizeTensor, fakeQuantize, quantizeTensor } from "../numerics/index.ts";
import { decodeCodes, rescaleWeight } from "../plan/index.ts";
import type { AffineEncoding, LayerSample, NodeView, OperandPlan, Tensor, TensorConfig, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { type CompensatedWeight, compensatedWeight, type MomentsOf } from "./compensate.ts";
import { activationEncoding, rescalingOf, weightEncoding, weightSite } from "./fixtures/encodings.ts";
import { everyPosition, rightOf } from "./fixtures/layer-error.ts";
import { type WeightedModel, weightedModels } from "./fixtures/layer-models.ts";
import { float32, multiply, randomTensor } from "./fixtures/matrices.ts";
import { type SearchCase, searchCase } from "./fixtures/search-case.ts";
import { halveSample } from "./halve-sample.ts";

const configs: Readonly<Record<string, Partial<TensorConfig>>> = {
  "one scale": { granularity: "tensor", bits: 3 },
  "a scale per channel": { granularity: "channel", bits: 3 },
  "asymmetric scales per channel": { granularity: "channel", dtype: "uint8", scheme: "asymmetric", bits: 3 },
  "a scale per block": { granularity: "block", blockSize: 2, bits: 3 },
  "a container of 4 bits": { granularity: "channel", dtype: "int4", bits: 4 },
};

interface Found {
  readonly search: SearchCase;
  readonly sample: LayerSample;
  readonly node: NodeView;
}

async function found(given: Pick<WeightedModel, "model" | "feeds">): Promise<Found> {
  const search = await searchCase(given.model(), given.feeds);
  const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
  return { search, sample: sample!, node: search.node("layer") };
}

async function halvesOf({ runtime }: SearchCase, samples: readonly LayerSample[], left?: OperandPlan): Promise<readonly MomentsOf[]> {
  const probes = await Promise.all(samples.map((sample) => runtime.probe(sample)));
  return probes.map((probe) => async (elements, right) => [await probe.moments({ ...(left && { left }), right, elements })]);
}

/** The codes of the weight, as the plan would store them, with all samples in one half. */
async function codesOf({ search, sample, node }: Found, weight: Tensor, encoding: AffineEncoding, left?: OperandPlan): Promise<Tensor> {
  const halves = await halvesOf(search, [sample], left);
  const { codes } = await compensatedWeight({ layer: sample.layer, node, weight, encoding, ownScales: false, halves });
  return decodeCodes("w", codes, weight.shape, encoding);
}

/** Squared error of the output on the data, in all channels. */
function outputError({ sample, node }: Found, rows: Tensor, weight: Tensor, rounded: Tensor): number {
  const difference = { ...weight, data: (weight.data as Float32Array).map((value, index) => (rounded.data[index] as number) - value) };
  return multiply(rows, rightOf(node, sample.layer.groups, difference)).reduce((sum, error) => sum + error * error, 0);
}

/** Channels that resemble each other, so that one can make up for another. */
function alike({ shape }: WeightedModel): readonly Tensors[] {
  const size = shape.reduce((product, each) => product * each, 1);
  return Array.from({ length: 40 }, (_, sample) => {
    const [common, own] = [randomTensor([3], sample), randomTensor([size], 100 + sample)];
    const values = (own.data as Float32Array).map((value, index) => 0.3 * value + (common.data[index % 3] as number));
    return { x: float32([1, ...shape], values) };
  });
}

describe.each(weightedModels)("compensated codes of $name", (given) => {
  let layer: Found;
  let weight: Tensor;
  beforeAll(async () => {
    layer = await found({ ...given, feeds: alike(given) });
    weight = layer.node.inputs[1]!.constant!;
  });
  afterAll(() => layer.search.runtime.dispose());

  it.each(Object.keys(configs))("are those of a weight that is on its grid: %s", async (name) => {
    const encoding = weightEncoding(weight, weightSite(layer.search), configs[name]!);
    const onGrid = fakeQuantize(weight, encoding);
    expect(await codesOf(layer, onGrid, encoding)).toEqual(quantizeTensor(onGrid, encoding));
  });

  it.each(Object.keys(configs))("are legal, and move the output less than the nearest codes: %s", async (name) => {
    const encoding = weightEncoding(weight, weightSite(layer.search), configs[name]!);
    const codes = await codesOf(layer, weight, encoding);
    const { min, max } = codeRange(encoding);
    if (encoding.dtype !== "int4") for (const code of codes.data as Int8Array) expect(code >= min && code <= max).toBe(true);
    const nearest = outputError(layer, layer.sample.left, weight, fakeQuantize(weight, encoding));
    expect(outputError(layer, layer.sample.left, weight, dequantizeTensor(codes, encoding))).toBeLessThan(nearest);
  });
});

describe("compensated codes", () => {
  it("belong to the weight after the rescaling, and to the operand as its grid holds it", async () => {
    const given = weightedModels.find(({ name }) => name === "MatMul")!;
    const layer = await found({ ...given, feeds: alike(given) });
    const left = { encoding: activationEncoding(-3, 3, 4), rescaling: rescalingOf(2, 8, true) };
    const weight = rescaleWeight(layer.node, layer.node.inputs[1]!.constant!, left.rescaling);
    const encoding = weightEncoding(weight, weightSite(layer.search), { bits: 3 });
    const codes = await codesOf(layer, weight, encoding, left);
    const { scale, shift } = left.rescaling;
    const values = (layer.sample.left.data as Float32Array).map((value, index) => Math.fround(value / scale[index % 8]!) - shift![index % 8]!);
    const rows = fakeQuantize({ ...layer.sample.left, data: values }, left.encoding);
    const nearest = outputError(layer, rows, weight, fakeQuantize(weight, encoding));
    expect(outputError(layer, rows, weight, dequantizeTensor(codes, encoding))).toBeLessThan(nearest);
    await layer.search.runtime.dispose();
  });

  it("of a long reduction are found block by block, never through the middle of a kernel", async () => {
    const model = () => buildModel({ inputs: { x: ["n", 130, 4, 4] } }, (b, { x }) => ({ y: b.op("Conv", [x, b.random([2, 130, 3, 3], "w")], {}, "layer") }));
    const layer = await found({ model, feeds: [{ x: randomTensor([10, 130, 4, 4]) }] });
    const weight = layer.node.inputs[1]!.constant!;
    const encoding = weightEncoding(weight, weightSite(layer.search), { bits: 3 });
    const [momentsOf] = await halvesOf(layer.search, [layer.sample]);
    const asked: (readonly [number, number])[] = [];
    const half: MomentsOf = (elements, right) => {
      asked.push([elements.from, elements.to]);
      return momentsOf!(elements, right);
    };
    const { codes: text } = await compensatedWeight({ layer: layer.sample.layer, node: layer.node, weight, encoding, ownScales: true, halves: [half] });
    expect(asked).toEqual([
      [0, 765],
      [765, 1170],
    ]);
    const codes = decodeCodes("w", text, weight.shape, encoding);
    const nearest = outputError(layer, layer.sample.left, weight, fakeQuantize(weight, encoding));
    expect(outputError(layer, layer.sample.left, weight, dequantizeTensor(codes, encoding))).toBeLessThan(nearest);
    await layer.search.runtime.dispose();
  });

  it("of many elements stop in the middle when they are asked to", async () => {
    const model = () => buildModel({ inputs: { x: ["n", 300] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.random([300, 4], "w")], {}, "layer") }));
    const layer = await found({ model, feeds: [{ x: randomTensor([20, 300]) }] });
    const weight = layer.node.inputs[1]!.constant!;
    const halves = await halvesOf(layer.search, [layer.sample]);
    const controller = new AbortController();
    // What waits behind the computation, once everything that the runtime has to say is there.
    const asked: MomentsOf = async (elements, right) => {
      const moments = await halves[0]!(elements, right);
      setTimeout(() => controller.abort(), 0);
      return moments;
    };
    const encoding = weightEncoding(weight, weightSite(layer.search), { bits: 3 });
    const given = { layer: layer.sample.layer, node: layer.node, weight, encoding, ownScales: true, halves: [asked], signal: controller.signal };
    await expect(compensatedWeight(given)).rejects.toMatchObject({ code: "aborted" });
    await layer.search.runtime.dispose();
  });

  it("of a group follow what that group reads", async () => {
    const layer = await found(weightedModels.find(({ name }) => name === "grouped Conv")!);
    const weight = layer.node.inputs[1]!.constant!;
    const encoding = weightEncoding(weight, weightSite(layer.search), { bits: 5 });
    const n = 12;
    // Elements of the first group never meet; those of the second are nearly equal.
    const isFirst = (index: number): boolean => index < n * n;
    const moments = float32(
      [2, n, n],
      Array.from({ length: 2 * n * n }, (_, index) => (index % (n + 1) === (isFirst(index) ? 0 : (n * n) % (n + 1)) ? 1 : isFirst(index) ? 0 : 0.9)),
    );
    const only: MomentsOf = async () => [{ second: moments, missing: float32([2, n, 3], new Float32Array(2 * n * 3)) }];
    const { codes: text } = await compensatedWeight({ layer: layer.sample.layer, node: layer.node, weight, encoding, ownScales: false, halves: [only] });
    const codes = decodeCodes("w", text, weight.shape, encoding).data as Int8Array;
    const nearest = quantizeTensor(weight, encoding).data as Int8Array;
    const half = codes.length / 2;
    expect(codes.slice(0, half)).toEqual(nearest.slice(0, half));
    expect(codes.slice(half)).not.toEqual(nearest.slice(half));
    await layer.search.runtime.dispose();
  });
});

describe("scales", () => {
  const rounded = async (layer: Found, encoding: AffineEncoding, ownScales: boolean): Promise<CompensatedWeight & { readonly error: number }> => {
    const weight = layer.node.inputs[1]!.constant!;
    const halves = await halvesOf(layer.search, [layer.sample]);
    const found = await compensatedWeight({ layer: layer.sample.layer, node: layer.node, weight, encoding, ownScales, halves });
    const codes = decodeCodes("w", found.codes, weight.shape, found.encoding);
    return { ...found, error: outputError(layer, layer.sample.left, weight, dequantizeTensor(codes, found.encoding)) };
  };

  it.each(weightedModels.filter(({ name }) => name !== "grouped ConvTranspose"))(
    "of $name follow the rounding where each is that of one channel",
    async (given) => {
      const layer = await found({ ...given, feeds: alike(given) });
      const weight = layer.node.inputs[1]!.constant!;
      const encoding = weightEncoding(weight, weightSite(layer.search), configs["a scale per channel"]!);
      const [kept, own] = [await rounded(layer, encoding, false), await rounded(layer, encoding, true)];
      expect(kept.encoding).toEqual(encoding);
      expect(own.encoding.scale).not.toEqual(encoding.scale);
      expect(own.error).toBeLessThan(kept.error);
      await layer.search.runtime.dispose();
    },
  );

  it.each([
    ["MatMul", "one scale"],
    ["MatMul", "a scale per block"],
    ["grouped ConvTranspose", "a scale per channel"],
  ])("stay where several channels or blocks have them in common: %s with %s", async (name, config) => {
    const layer = await found(weightedModels.find(({ name: model }) => model === name)!);
    const encoding = weightEncoding(layer.node.inputs[1]!.constant!, weightSite(layer.search), configs[config]!);
    expect((await rounded(layer, encoding, true)).encoding).toEqual(encoding);
    await layer.search.runtime.dispose();
  });
});

describe("with two halves of the samples", () => {
  const fewElements = ["pointwise Conv", "Gemm", "MatMul"];
  const models = weightedModels.filter(({ name }) => fewElements.includes(name));

  it.each(models)("the weight of $name makes up for what it reads, on data it has not seen too", async (given) => {
    const layer = await found({ ...given, feeds: alike(given) });
    const fresh = await found({
      ...given,
      feeds: alike(given).map(({ x }) => ({
        x: float32(
          x!.shape,
          (x!.data as Float32Array).map((value) => 0.9 * value),
        ),
      })),
    });
    // Everything above 1 is clipped: what is left of an element tells of what is missing.
    const left = { encoding: activationEncoding(-1, 1, 4) };
    const weight = layer.node.inputs[1]!.constant!;
    const encoding = weightEncoding(weight, weightSite(layer.search), { granularity: "channel" });
    const codes = async (halves: readonly LayerSample[]): Promise<Tensor> => {
      const { codes: text } = await compensatedWeight({
        layer: layer.sample.layer,
        node: layer.node,
        weight,
        encoding,
        ownScales: false,
        halves: await halvesOf(layer.search, halves, left),
      });
      return dequantizeTensor(decodeCodes("w", text, weight.shape, encoding), encoding);
    };
    const errorOf = ({ sample, node }: Found, rounded: Tensor): number => {
      const answer = multiply(fakeQuantize(sample.left, left.encoding), rightOf(node, sample.layer.groups, rounded));
      return answer.reduce((sum, value, index) => sum + (value - (sample.reference.data[index] as number)) ** 2, 0);
    };
    const [alone, helped] = [await codes([layer.sample]), await codes(halveSample(layer.sample))];
    expect(errorOf(layer, helped)).toBeLessThan(0.95 * errorOf(layer, alone));
    expect(errorOf(fresh, helped)).toBeLessThan(errorOf(fresh, alone));
    await layer.search.runtime.dispose();
    await fresh.search.runtime.dispose();
  });
});
