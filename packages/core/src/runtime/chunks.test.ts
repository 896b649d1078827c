import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value } from "../ir/index.ts";
import type { Layer, LayerSample } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { cutIntoChunks, sampleBytes } from "./chunks.ts";
import { productModel } from "./fixtures/layer-models.ts";
import { randomTensor } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";

const named = (index: number): Layer => ({ node: `node ${index}`, kind: "linear", operands: ["x"], output: "y", groups: 1, padded: false });

describe("chunks", () => {
  it("keep the order, stay below the budget, and are no more than needed", () => {
    const property = fc.property(fc.array(fc.nat(100), { maxLength: 20 }), fc.integer({ min: 1, max: 120 }), (sizes, budget) => {
      const layers = sizes.map((_, index) => named(index));
      const sizeOf = (layer: Layer): number => sizes[layers.indexOf(layer)]!;
      const chunks = cutIntoChunks(layers, budget, sizeOf);
      expect(chunks.flat()).toEqual(layers);
      const total = (chunk: readonly Layer[]): number => chunk.reduce((sum, layer) => sum + sizeOf(layer), 0);
      chunks.forEach((chunk, index) => {
        // A layer that is too big alone goes alone.
        if (chunk.length > 1) expect(total(chunk)).toBeLessThanOrEqual(budget);
        const next = chunks[index + 1]?.[0];
        if (next) expect(total(chunk) + sizeOf(next)).toBeGreaterThan(budget);
      });
    });
    fc.assert(property);
  });

  it("of a runtime follow its memory budget: their samples fit, one that is too big is alone", async () => {
    const sizes = [64, 64, 64, 64, 2048, 32];
    const model = buildModel({ inputs: { x: ["n", 16, 64] } }, (b, { x }) => {
      const layer = (from: Value, index: number): Value =>
        b.op("MatMul", [from, b.random([from === x ? 64 : sizes[index - 1]!, sizes[index]!])], {}, `layer ${index}`);
      return { y: sizes.reduce((from, _, index) => layer(from, index), x) };
    });
    const megabyte = 2 ** 20;
    const search = await searchCase(model, [{ x: randomTensor([4, 16, 64]) }], { search: { maxMemoryMB: 0.25 } });
    const { layers } = search.runtime;
    const float = search.runtime.chunks(layers, { positions: 64 });
    expect(float.map((chunk) => chunk.map(({ node }) => node))).toEqual([["layer 0", "layer 1", "layer 2"], ["layer 3"], ["layer 4"], ["layer 5"]]);
    for (const chunk of float) {
      const samples = await search.runtime.sample(chunk, { positions: 64 });
      if (chunk.length > 1) expect(samples.reduce((sum, sample) => sum + bytesOf(sample), 0)).toBeLessThanOrEqual(0.25 * megabyte);
    }
    const more = search.runtime.chunks(layers, { positions: 64, upstream: {}, importance: { quantized: {} } });
    expect(
      more.map(({ length }) => length),
      "what upstream and importance add",
    ).toEqual([2, 2, 1, 1]);
    expect(search.runtime.chunks(layers, { positions: 8 })[0]!.length, "fewer rows").toBeGreaterThan(3);
    await search.runtime.dispose();
  });

  it("count the heads of a product of two activations", async () => {
    const search = await searchCase(productModel.model(), productModel.feeds);
    const layer = search.layer("layer");
    const shapeOf = (tensor: string): readonly number[] => (tensor === "left" ? [1, 2, 5, 4] : [1, 2, 4, 3]);
    // Eight samples of two heads: both sides twice, and the result.
    expect(sampleBytes(search.graph, layer, {}, shapeOf)).toBe(4 * 16 * (2 * (5 * 4 + 4 * 3) + 5 * 3));
    await search.runtime.dispose();
  });
});

/** A sample, and its operands once more on their grids. */
function bytesOf({ left, right, reference }: LayerSample): number {
  return 4 * [left, left, right, right, reference].reduce((sum, { data }) => sum + data.length, 0);
}
