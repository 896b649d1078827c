import { describe, expect, it } from "vitest";
import { fakeQuantize } from "../numerics/index.ts";
import type { LayerSample, OperandPlan, ProbeError } from "../spec/index.ts";
import { activationEncoding, rescalingOf, weightEncoding, weightSite } from "./fixtures/encodings.ts";
import { answerOf, everyPosition } from "./fixtures/layer-error.ts";
import { productModel, weightedModels } from "./fixtures/layer-models.ts";
import { expectClose, float32, multiply, withBias } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

/** Numbers of one sample: where they belong, and what each output channel holds. */
interface Place {
  readonly sample: number;
  readonly channel: number;
}

/** 1 - sum(y r) / (|y| |r|) of each sample, averaged. */
function distances(answer: Float64Array, target: Float64Array, samples: number, channels: number, placeOf: (index: number) => Place): ProbeError {
  const distance = (isIncluded: (place: Place) => boolean): number => {
    let total = 0;
    for (let sample = 0; sample < samples; sample++) {
      let [dot, left, right] = [0, 0, 0];
      answer.forEach((value, index) => {
        const place = placeOf(index);
        if (place.sample !== sample || !isIncluded(place)) return;
        dot += value * target[index]!;
        left += value ** 2;
        right += target[index]! ** 2;
      });
      if (left === 0 || right === 0) total += left === right ? 0 : 1;
      else total += 1 - dot / Math.sqrt(left * right);
    }
    return total / samples;
  };
  return { layer: distance(() => true), channels: Float64Array.from({ length: channels }, (_, channel) => distance((place) => place.channel === channel)) };
}

/** Rows of a layer with a weight: [B, R, M], equally many rows of each sample. */
function placesOf({ reference, samples }: LayerSample): (index: number) => Place {
  const [, rows, columns] = reference.shape as [number, number, number];
  return (index) => ({
    sample: Math.floor(((Math.floor(index / columns) % rows) * samples) / rows),
    channel: Math.floor(index / (rows * columns)) * columns + (index % columns),
  });
}

/** A cosine of sums in float32 is off by about its rounding, once per row and term. */
function expectSame(found: ProbeError, expected: ProbeError): void {
  expectClose([found.layer], [expected.layer], 1e-5);
  expectClose(found.channels, expected.channels, 1e-5);
}

describe("cosine of what a layer answers and what the float network answers", () => {
  it.each(weightedModels)("$name: bias included, per sample", async (given) => {
    const search = await searchCase(given.model(), given.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const probe = await search.runtime.probe(sample!, "cosine");
    const right = weightEncoding(search.node("layer").inputs[1]!.constant!, weightSite(search), { bits: 3 });
    const target = withBias(multiply(sample!.left, sample!.right), sample!.reference.shape, sample!.bias);
    const rescaling = rescalingOf(given.inputAxis, given.shape[given.inputAxis - 1]!, !given.padded);
    const lefts: readonly OperandPlan[] = [{ encoding: activationEncoding(-1, 1, 3) }, { encoding: activationEncoding(-2, 2, 3), rescaling }];
    for (const left of lefts) {
      const answer = await answerOf(given, sample!, search.node("layer"), { left, right });
      const channels = target.length / sample!.reference.shape[1]!;
      const found = await probe.error({ left, right });
      expectSame(found, distances(answer, target, sample!.samples, channels, placesOf(sample!)));
      expect(found.layer).toBeGreaterThan(1e-3);
    }
    expect((await probe.error({})).layer).toBeCloseTo(0, 5);
    await search.runtime.dispose();
  });

  it("of a product of two activations: all heads of a sample together", async () => {
    const search = await searchCase(productModel.model(), productModel.feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const [batch, rows, columns] = sample!.reference.shape as [number, number, number];
    expect([sample!.samples, batch]).toEqual([3, 6]);
    const probe = await search.runtime.probe(sample!, "cosine");
    const left = { encoding: activationEncoding(0, 1, 3) };
    const answer = multiply(fakeQuantize(sample!.left, left.encoding), sample!.right);
    const place = (index: number): Place => ({ sample: Math.floor(index / (2 * rows * columns)), channel: index % columns });
    expectSame(await probe.error({ left }), distances(answer, multiply(sample!.left, sample!.right), 3, columns, place));
    await search.runtime.dispose();
  });

  it("calls answers that are zero aligned with zero, and with nothing else", async () => {
    const given = weightedModels.find(({ name }) => name === "MatMul without bias")!;
    // The first sample is zero everywhere, the second is not.
    const search = await searchCase(given.model(), [{ x: float32([1, 8], new Float32Array(8)) }, { x: float32([1, 8], new Float32Array(8).fill(0.01)) }]);
    const [sample] = await search.runtime.sample([search.layer("layer")], everyPosition);
    const probe = await search.runtime.probe(sample!, "cosine");
    // Everything rounds to zero.
    const found = await probe.error({ left: { encoding: activationEncoding(-1, 1, 4) } });
    expect([found.layer, [...found.channels]]).toEqual([0.5, [0.5, 0.5, 0.5, 0.5, 0.5]]);
    await search.runtime.dispose();
  });
});
