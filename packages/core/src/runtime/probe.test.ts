import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Encoding, LayerSample, ProbeCandidate, Tensor, TensorConfig, TwinEncoding } from "../spec/index.ts";
import { activationEncoding, perChannelEncoding, rescalingOf, weightEncoding, weightSite } from "./fixtures/encodings.ts";
import { answerOf, everyPosition, squaredErrors } from "./fixtures/layer-error.ts";
import { type WeightedModel, weightedModels } from "./fixtures/layer-models.ts";
import { expectClose, multiply, randomTensor, roundingOf, withBias } from "./fixtures/matrices.ts";
import { type SearchCase, searchCase } from "./fixtures/search-case.ts";

/** What the probe says is what the definition says, to the rounding of float32; also when it is asked for the same operand once more. */
async function expectError(given: WeightedModel, search: SearchCase, sample: LayerSample, candidate: ProbeCandidate): Promise<number> {
  const probe = await search.runtime.probe(sample);
  const [found, again] = [await probe.error(candidate), await probe.error(candidate)];
  const { shape } = sample.reference;
  const weights = sample.importance && perElement(sample.importance, shape);
  const answer = await answerOf(given, sample, search.node("layer"), candidate);
  const expected = squaredErrors(answer, withBias(multiply(sample.left, sample.right), shape, sample.bias), shape, weights);
  // An error e that float32 misses by d makes e^2 wrong by 2 e d + d^2. Operands and importance stay below 3.
  const d = 9 * roundingOf(sample.right.shape[1]! + 2);
  const allowed = (error: number): number => 6 * d * Math.sqrt(error * shape[1]!) + shape[1]! * d * d + error * 1e-5;
  for (const { channels } of [found, again]) expectClose(channels, expected, (channel) => allowed(expected[channel]!));
  expect(found.layer).toBeCloseTo(
    found.channels.reduce((sum, each) => sum + each, 0),
    10,
  );
  return found.layer;
}

function perElement({ shape, data }: Tensor, [batch, rows, columns]: readonly number[]): Float32Array {
  const width = shape[2]!;
  return Float32Array.from(
    { length: batch! * rows! * columns! },
    (_, index) => data[Math.floor(index / columns!) * width + (width === 1 ? 0 : index % columns!)] as number,
  );
}

const granularities: Readonly<Record<string, Partial<TensorConfig>>> = {
  tensor: { granularity: "tensor" },
  channel: { granularity: "channel" },
  blocks: { granularity: "block", blockSize: 2 },
  "asymmetric channel": { granularity: "channel", dtype: "uint8", bits: 3, scheme: "asymmetric" },
};

const twin: TwinEncoding = { kind: "twin", threshold: 0, low: activationEncoding(-1, 0, 4), high: activationEncoding(0, 1, 4) };
const sharpTwin: TwinEncoding = { kind: "twin", threshold: 0.25, low: activationEncoding(-1, 0.25, 4), high: activationEncoding(0, 1, 4) };
const log = (base: "2" | "sqrt2"): Encoding => ({ kind: "log", base, bits: 3, scale: 1, rounding: base === "2" ? "leading-bit" : "nearest" });

describe.each(weightedModels)("probe of $name", (given) => {
  const channels = given.shape[given.inputAxis - 1]!;
  let search: SearchCase;
  let sample: LayerSample;
  let weight: Tensor;

  beforeAll(async () => {
    search = await searchCase(given.model(), given.feeds);
    [sample] = (await search.runtime.sample([search.layer("layer")], everyPosition)) as [LayerSample];
    weight = search.node("layer").inputs[1]!.constant!;
  });
  afterAll(() => search.runtime.dispose());

  const expectErrorOf = (candidate: ProbeCandidate, seen = sample): Promise<number> => expectError(given, search, seen, candidate);

  it("measures nothing where nothing is on a grid", async () => {
    const probe = await search.runtime.probe(sample);
    expect((await probe.error({})).layer).toBeCloseTo(0, 8);
  });

  it.each(Object.keys(granularities))("measures a weight on a grid per %s", async (granularity) => {
    const right = weightEncoding(weight, weightSite(search), granularities[granularity]!);
    expect(await expectErrorOf({ right })).toBeGreaterThan(1e-4);
    expect(await expectErrorOf({ left: { encoding: activationEncoding(-1, 1, 5) }, right })).toBeGreaterThan(1e-4);
  });

  it("measures inputs on affine, per-channel, twin and logarithmic grids", async () => {
    const encodings = [activationEncoding(-0.4, 0.7, 5), perChannelEncoding(given.inputAxis, channels), twin, sharpTwin, log("2"), log("sqrt2")];
    for (const encoding of encodings) expect(await expectErrorOf({ left: { encoding } })).toBeGreaterThan(1e-4);
  });

  it("measures rescaled inputs with the weight that undoes it", async () => {
    const right = weightEncoding(weight, weightSite(search), {});
    for (const isShifted of given.padded ? [false] : [false, true]) {
      const rescaling = rescalingOf(given.inputAxis, channels, isShifted);
      const left = { encoding: activationEncoding(-2, 2, 5), rescaling };
      await expectErrorOf({ left });
      await expectErrorOf({ left, right });
      await expectErrorOf({ left: { encoding: perChannelEncoding(given.inputAxis, channels), rescaling }, right });
    }
  });

  it("weights errors by importance", async () => {
    const random = randomTensor(sample.reference.shape, 9);
    const importance = { ...random, data: (random.data as Float32Array).map((value) => 3 * value * value) };
    const right = weightEncoding(weight, weightSite(search), {});
    const perRow = { ...importance, shape: [...importance.shape.slice(0, 2), 1], data: importance.data.slice(0, importance.shape[0]! * importance.shape[1]!) };
    for (const each of [importance, perRow]) {
      await expectErrorOf({ left: { encoding: activationEncoding(-1, 1, 4) } }, { ...sample, importance: each });
      await expectErrorOf({ left: { encoding: activationEncoding(-1, 1, 4) }, right }, { ...sample, importance: each });
    }
  });
});

describe("a probe", () => {
  it("answers alike whatever it was asked before, and refuses axes that its product does not have", async () => {
    const given = weightedModels[0]!;
    const search = await searchCase(given.model(), given.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const [probe, fresh] = [await search.runtime.probe(sample!), await search.runtime.probe(sample!)];
    const left = { encoding: activationEncoding(-1, 1, 4) };
    const right = weightEncoding(search.node("layer").inputs[1]!.constant!, weightSite(search), {});
    const rescaled = { ...left, rescaling: rescalingOf(1, 3, false) };
    for (const candidate of [{ left }, { right }, { left: rescaled, right }, { left: rescaled }]) await probe.error(candidate);
    expect(await probe.error({ left, right })).toEqual(await fresh.error({ left, right }));
    await probe.dispose();
    expect(await probe.error({ left })).toEqual(await fresh.error({ left }));
    const refused = probe.error({ left: { encoding: perChannelEncoding(2, 5) } });
    await expect(refused).rejects.toMatchObject({ code: "unsupported-encoding", details: { tensor: "x", axis: 2 } });
    await search.runtime.dispose();
  });
});
