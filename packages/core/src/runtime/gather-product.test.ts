import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementCount, ints } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { Dimension, LayerSample, Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { expectClose, float32, multiply, randomTensor, roundingOf } from "./fixtures/matrices.ts";
import { backend, searchCase } from "./fixtures/search-case.ts";

/** x times y, both computed: the layer is called `layer`. */
function product(x: readonly Dimension[], y: readonly Dimension[]) {
  return buildModel({ inputs: { x, y } }, (b, inputs) => ({ z: b.op("MatMul", [b.op("Relu", [inputs.x]), b.op("Neg", [inputs.y])], {}, "layer") }));
}

interface Found {
  readonly sample: LayerSample;
  /** What the runtime computed for each feed. */
  readonly outputs: readonly Tensor[];
}

async function sampled(x: readonly Dimension[], y: readonly Dimension[], feeds: readonly Tensors[], positions: number): Promise<Found> {
  const { runtime, layer } = await searchCase(product(x, y), feeds);
  const [sample] = await runtime.sample([layer("layer")], { positions });
  await runtime.dispose();
  const session = await backend.open(writeModel(product(x, y)));
  const outputs: Tensor[] = [];
  for (const each of feeds) outputs.push((await session.run(each))["z"]!);
  await session.dispose();
  return { sample: sample!, outputs };
}

const feed = (x: readonly number[], y: readonly number[], seed: number): Tensors => ({ x: randomTensor(x, seed), y: randomTensor(y, seed + 1000) });

const all = 1e5;

const sizes = fc.record({
  batches: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  heads: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
  rows: fc.integer({ min: 1, max: 5 }),
  depth: fc.integer({ min: 1, max: 5 }),
  columns: fc.integer({ min: 1, max: 5 }),
  /** Which of the heads are broadcast on the right side, and how many leading dimensions it lacks. */
  ones: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
  missing: fc.nat(3),
  seed: fc.nat(1e6),
});

describe("a product of two activations", () => {
  it("is that of its sides, whatever the heads, and what is broadcast", async () => {
    const property = fc.asyncProperty(sizes, async ({ batches, heads, rows, depth, columns, ones, missing, seed }) => {
      // The right side may be the same for all samples, or for all heads.
      const rightOf = (batch: number): readonly number[] => [...[batch, ...heads.map((size, axis) => (ones[axis] ? 1 : size))].slice(missing), depth, columns];
      const leftOf = (batch: number): readonly number[] => [batch, ...heads, rows, depth];
      const dimensions = (shapeOf: (batch: number) => readonly number[]): readonly Dimension[] =>
        shapeOf(1).map((size, axis) => (shapeOf(2)[axis] === size ? size : "n"));
      const feeds = batches.map((batch, index) => feed(leftOf(batch), rightOf(batch), seed + index));
      const { sample, outputs } = await sampled(dimensions(leftOf), dimensions(rightOf), feeds, all);
      const expected = outputs.flatMap(({ data }) => [...(data as Float32Array)]);
      const samples = Math.min(
        batches.reduce((sum, batch) => sum + batch, 0),
        8,
      );
      const entries = elementCount(heads);
      expect([sample.samples, sample.left.shape, sample.right.shape]).toEqual([samples, [samples * entries, rows, depth], [samples * entries, depth, columns]]);
      // Of nine samples one is left out.
      if (expected.length === elementCount(sample.reference.shape)) expectClose(sample.reference.data as Float32Array, expected, roundingOf(depth));
      expectClose(sample.reference.data as Float32Array, multiply(sample.left, sample.right), roundingOf(depth));
      expect(sample.bias).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("repeats a left side that every sample and head shares", async () => {
    const { sample, outputs } = await sampled([3, 2], ["n", 2, 2, 4], [feed([3, 2], [2, 2, 2, 4], 1)], all);
    expect([sample.left.shape, sample.right.shape]).toEqual([
      [4, 3, 2],
      [4, 2, 4],
    ]);
    expectClose(sample.reference.data as Float32Array, outputs[0]!.data as Float32Array, roundingOf(2));
  });

  it("keeps rows of every head that are spread evenly, and the right side whole", async () => {
    const rows = 40;
    // Row r of head h of sample s holds 1000 s + 100 h + r, in both columns.
    const numbered = (samples: number, first: number) =>
      float32(
        [samples, 2, rows, 2],
        Array.from({ length: samples * 2 * rows * 2 }, (_, index) => {
          const row = Math.floor(index / 2);
          return 1000 * (first + Math.floor(row / (2 * rows))) + 100 * (Math.floor(row / rows) % 2) + (row % rows);
        }),
      );
    const feeds = [1, 2].map((samples, index) => ({ x: numbered(samples, index), y: randomTensor([samples, 2, 2, 3], index) }));
    const { sample } = await sampled(["n", 2, rows, 2], ["n", 2, 2, 3], feeds, 80);
    // A tenth of the positions for each of at most eight samples, and 40 rows in 10 stretches of 4.
    expect(sample.left.shape).toEqual([6, 10, 2]);
    const left = sample.left.data as Float32Array;
    for (let index = 0; index < 60; index++) {
      const [entry, stretch] = [Math.floor(index / 10), index % 10];
      const row = left[2 * index]! - 1000 * Math.floor(entry / 2) - 100 * (entry % 2);
      expect(Math.floor(row / 4)).toBe(stretch);
    }
    const whole = feeds.flatMap(({ y }) => [...(y.data as Float32Array)].map((value) => -value));
    expect([...(sample.right.data as Float32Array)]).toEqual(whole);
  });

  it("is looked at on at most eight samples, spread over the data", async () => {
    const feeds = Array.from({ length: 24 }, (_, index) => ({ x: float32([1, 1, 1], [index]), y: float32([1, 1, 1], [-1]) }));
    const { sample } = await sampled([1, 1, 1], [1, 1, 1], feeds, all);
    expect(sample.samples).toBe(8);
    expect([...(sample.reference.data as Float32Array)]).toEqual([1, 4, 7, 10, 13, 16, 19, 22]);
  });

  it("leaves out samples of another size than the first", async () => {
    const feeds = [3, 5, 3].map((rows, index) => feed([1, rows, 2], [1, 2, 2], index));
    const { sample, outputs } = await sampled([1, "rows", 2], [1, 2, 2], feeds, all);
    expect([sample.samples, sample.left.shape]).toEqual([2, [2, 3, 2]]);
    const kept = [outputs[0]!, outputs[2]!].flatMap(({ data }) => [...(data as Float32Array)]);
    expectClose(sample.reference.data as Float32Array, kept, roundingOf(2));
  });

  it("is seen as one sample where it mixes those of a feed", async () => {
    const model = buildModel({ inputs: { x: ["n", 6, 2] } }, (b, { x }) => {
      const mixed = b.op("Reshape", [b.op("Relu", [x]), b.int64([3, -1, 2])]);
      return { y: b.op("MatMul", [mixed, b.op("Transpose", [mixed], { perm: ints([0, 2, 1]) })], {}, "layer") };
    });
    const { runtime, layer } = await searchCase(model, [{ x: randomTensor([2, 6, 2]) }]);
    const [sample] = await runtime.sample([layer("layer")], { positions: all });
    expect(sample!.left.shape).toEqual([3, 4, 2]);
    expect(sample!.samples).toBe(1);
    await runtime.dispose();
  });
});
