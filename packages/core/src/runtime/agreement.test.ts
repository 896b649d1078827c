/** A search that measures something else than what is exported optimizes the wrong thing: simulator and exported graph have to agree. */
import { nodeTarget } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { fakeQuantize } from "../numerics/index.ts";
import type { AffineEncoding, Encoding, LayerSample, OperandPlan, ProbeCandidate, Tensor, TwinEncoding } from "../spec/index.ts";
import { activationEncoding, perChannelEncoding, weightEncoding, weightSite } from "./fixtures/encodings.ts";
import { exported } from "./fixtures/exported.ts";
import { answerOf, everyPosition } from "./fixtures/layer-error.ts";
import { productModel, type WeightedModel, weightedModels } from "./fixtures/layer-models.ts";
import { expectClose, float32, multiply, roundingOf, rowsOf, withBias } from "./fixtures/matrices.ts";
import { type SearchCase, searchCase, searchTarget } from "./fixtures/search-case.ts";

const target = await nodeTarget();

const twin: TwinEncoding = { kind: "twin", threshold: 0, low: activationEncoding(-1, 0, 6), high: activationEncoding(0, 1, 6) };
const log: Encoding = { kind: "log", base: "sqrt2", bits: 4, scale: 1, rounding: "nearest" };

/** Powers of two: dividing by the scale and multiplying with its inverse are the same. */
const rescaling = (axis: number, channels: number, isShifted: boolean): NonNullable<OperandPlan["rescaling"]> => ({
  axis,
  scale: Array.from({ length: channels }, (_, channel) => 2 ** ((channel % 3) - 1)),
  ...(isShifted && { shift: Array.from({ length: channels }, (_, channel) => (channel - 1) / 8) }),
});

interface Case extends WeightedModel {
  readonly search: SearchCase;
  readonly sample: LayerSample;
}

async function opened(given: WeightedModel): Promise<Case> {
  const search = await searchCase(given.model(), given.feeds, { target: given.name === "grouped ConvTranspose" ? searchTarget : target });
  const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
  return { ...given, search, sample: sample! };
}

/** Steps of the output and of the int32 bias, which the simulator does not round. */
function stepsOf(candidate: ProbeCandidate & { readonly right: AffineEncoding }, y: AffineEncoding | undefined): { output: number; bias: number } {
  const read = candidate.left?.encoding;
  const input = read?.kind === "affine" && read.axis === undefined ? read.scale[0]! : read?.kind === "twin" ? twin.low.scale[0]! : 0;
  return { output: y?.scale[0] ?? 0, bias: input * Math.max(...candidate.right.scale) };
}

async function expectAgreement(given: Case, candidate: ProbeCandidate & { readonly left: OperandPlan; readonly right: AffineEncoding }): Promise<void> {
  const { search, sample } = given;
  const { layer, reference, bias, right } = sample;
  const float = withBias(multiply(sample.left, right), reference.shape, bias);
  const stored = activationEncoding(-1, 1);
  // A convolution answers on a grid, the others in float.
  const y = search.placement.activations.some(({ tensors }) => tensors.includes("y")) ? activationEncoding(Math.min(...float), Math.max(...float)) : undefined;
  const encodings = { x: stored, [layer.weight!]: candidate.right, ...(y && { y }) };
  const { outputs, plan } = await exported(search, { encodings, operands: { x: candidate.left } }, given.feeds);
  expect(plan.nodes[layer.node]!.mode).not.toBe("float");
  const found = rowsOf(layer, outputs);
  const answer = await answerOf(given, sample, search.node("layer"), candidate);
  const steps = stepsOf(candidate, y);
  // Rounding to nearest, twice where there is a bias; operands stay below 4.
  const tolerance = (steps.output + steps.bias) / 2 + 16 * roundingOf(right.shape[1]! + 2) + steps.output * 1e-3;
  const limit = y ? fakeQuantize(float32([1, answer.length], answer), y).data : answer;
  // What lies beyond the output's grid saturates.
  const isInside = (index: number): boolean => !y || Math.abs((limit[index] as number) - answer[index]!) <= steps.output / 2 + 1e-6;
  expectClose(found, answer, (index) => (isInside(index) ? tolerance : Number.POSITIVE_INFINITY));
  expect(answer.filter((_, index) => isInside(index)).length).toBeGreaterThan(answer.length * 0.8);

  const exportedReference: Tensor = float32(reference.shape, withBias(found, reference.shape, bias, -1));
  const probe = await search.runtime.probe({ ...sample, reference: exportedReference });
  if (!y) expect((await probe.error(candidate)).layer).toBeLessThanOrEqual(answer.length * tolerance ** 2);
  expect((await probe.error({})).layer, "the float network is further away").toBeGreaterThan((await probe.error(candidate)).layer);
}

describe.each(weightedModels)("exported $name computes what the probe measures", (given) => {
  const channels = given.shape[given.inputAxis - 1]!;

  it.each([
    ["one grid", { encoding: activationEncoding(-0.8, 1, 6) }],
    ["a grid per channel", { encoding: perChannelEncoding(given.inputAxis, channels) }],
    ["a twin grid", { encoding: twin }],
    ["a logarithmic grid", { encoding: log }],
    ["a rescaled grid", { encoding: activationEncoding(-2, 2, 6), rescaling: rescaling(given.inputAxis, channels, false) }],
    ["a rescaled and shifted grid", { encoding: activationEncoding(-3, 2, 6), rescaling: rescaling(given.inputAxis, channels, true) }],
  ] as readonly (readonly [string, OperandPlan])[])("that reads %s", async (_, left) => {
    if (given.padded && left.rescaling?.shift) return;
    const found = await opened(given);
    const weight = found.search.node("layer").inputs[1]!.constant!;
    for (const granularity of ["tensor", "channel"] as const) {
      // Up to seven bits are exact on every CPU.
      const right = weightEncoding(weight, weightSite(found.search), { granularity, bits: 5 });
      await expectAgreement(found, { left, right });
    }
    await found.search.runtime.dispose();
  });
});

describe("exported product of two activations computes what the probe measures", () => {
  const grids: Readonly<Record<string, Encoding>> = {
    "one grid": activationEncoding(-1, 0.9, 6),
    "a grid per head": perChannelEncoding(1, 2),
    "a twin grid": twin,
    "a logarithmic grid": log,
  };

  it.each(Object.keys(grids))("that reads %s", async (name) => {
    const search = await searchCase(productModel.model(), productModel.feeds, { target });
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const stored = activationEncoding(-1, 1);
    for (const [left, right] of [
      [grids[name]!, stored],
      [stored, grids[name]!],
    ] as const) {
      const encodings = { left: stored, right: stored };
      const { outputs } = await exported(search, { encodings, operands: { left: { encoding: left }, right: { encoding: right } } }, productModel.feeds);
      const perHead = (side: Tensor): Tensor => ({ ...side, shape: [3, 2, ...side.shape.slice(1)] });
      const answer = multiply(
        { ...fakeQuantize(perHead(sample!.left), left), shape: sample!.left.shape },
        { ...fakeQuantize(perHead(sample!.right), right), shape: sample!.right.shape },
      );
      const found = rowsOf(sample!.layer, outputs);
      expectClose(found, answer, 4 * roundingOf(4));
      const probe = await search.runtime.probe({ ...sample!, reference: float32(sample!.reference.shape, found) });
      const { layer } = await probe.error({ left: { encoding: left }, right });
      expect(layer).toBeLessThanOrEqual(found.length * (4 * roundingOf(4)) ** 2);
      expect((await probe.error({})).layer).toBeGreaterThan(1e-4);
    }
    await search.runtime.dispose();
  });
});
