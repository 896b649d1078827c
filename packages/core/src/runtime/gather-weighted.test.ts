import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ints } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { convolutions, type LayerCase, linears, transposedConvolutions } from "./fixtures/arbitrary-layers.ts";
import { expectClose, float32, multiply, roundingOf, rowsOf, withBias } from "./fixtures/matrices.ts";
import { backend, searchCase } from "./fixtures/search-case.ts";

/** More than any of the layers has. */
const all = 1e5;

async function outputsOf(layer: LayerCase): Promise<readonly Tensor[]> {
  const session = await backend.open(writeModel(layer.model()), { optimization: "disabled" });
  const outputs: Tensor[] = [];
  for (const feeds of layer.feeds) outputs.push((await session.run(feeds))["y"]!);
  await session.dispose();
  return outputs;
}

/** With every position sampled, each once and in order, left x right + bias is what the runtime computes. */
async function expectWholeProduct(given: LayerCase): Promise<void> {
  const { runtime, layer } = await searchCase(given.model(), given.feeds);
  const found = layer("layer");
  expect(found, given.label).toBeDefined();
  const [sample] = await runtime.sample([found], { positions: all });
  const { left, right, reference, bias } = sample!;
  expect(sample!.samples).toBe(given.samples);
  expect([reference.shape[0], reference.shape[1], left.shape[2]], given.label).toEqual([left.shape[0], left.shape[1], right.shape[1]]);
  const expected = rowsOf(found, await outputsOf(given));
  const tolerance = roundingOf(right.shape[1]! + 1);
  expectClose(withBias(multiply(left, right), reference.shape, bias), expected, tolerance);
  expectClose(reference.data as Float32Array, multiply(left, right), tolerance);
  await runtime.dispose();
}

describe("a layer with a weight is the product of its rows and its weight", () => {
  it("Conv of up to three dimensions, with any stride, padding, dilation and groups", async () => {
    await fc.assert(fc.asyncProperty(convolutions, expectWholeProduct), { numRuns: 80 });
  });

  it("ConvTranspose likewise", async () => {
    await fc.assert(fc.asyncProperty(transposedConvolutions, expectWholeProduct), { numRuns: 50 });
  });

  it("MatMul and Gemm, transposed or not, with every kind of bias", async () => {
    await fc.assert(fc.asyncProperty(linears, expectWholeProduct), { numRuns: 50 });
  });
});

/** A layer that copies: its rows say which positions they are. */
function copy(shape: readonly (number | string)[]) {
  return buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.constant([1], [1, 1])], {}, "layer") }));
}

/** Numbers positions through all feeds. */
function numbered(batches: readonly number[], length: number): Tensors[] {
  let next = 0;
  return batches.map((batch) => ({
    x: float32(
      [batch, length, 1],
      Array.from({ length: batch * length }, () => next++),
    ),
  }));
}

async function positionsOf(batches: readonly number[], length: number, positions: number, seed = 0): Promise<number[]> {
  const { runtime, layer } = await searchCase(copy(["n", length, 1]), numbered(batches, length), { seed });
  const [sample] = await runtime.sample([layer("layer")], { positions });
  expect(sample!.reference.data).toEqual(sample!.left.data);
  await runtime.dispose();
  return [...(sample!.left.data as Float32Array)];
}

describe("rows of a layer", () => {
  it("are equally many of each sample, one from each of as many equal stretches, in order", async () => {
    const found = await positionsOf([1, 3, 2], 20, 33);
    // 33 positions for 6 samples: 5 each, one from each stretch of 4.
    expect(found).toHaveLength(30);
    found.forEach((position, index) => {
      expect(Math.floor(position / 4)).toBe(index);
    });
  });

  it("are the same in every call, and others with another seed", async () => {
    const first = await positionsOf([2, 2], 50, 20);
    expect(await positionsOf([4], 50, 20), "however the samples are batched").toEqual(first);
    expect(await positionsOf([2, 2], 50, 20, 1)).not.toEqual(first);
  });

  it("are at least one of each sample", async () => {
    expect(await positionsOf([1, 1, 1], 4, 2)).toHaveLength(3);
  });

  it("repeat where a sample has fewer positions than the first", async () => {
    const model = copy(["n", "length", 1]);
    const feeds = [...numbered([1], 6), { x: float32([1, 2, 1], [100, 101]) }];
    const { runtime, layer } = await searchCase(model, feeds);
    const [sample] = await runtime.sample([layer("layer")]);
    expect([...(sample!.left.data as Float32Array)]).toEqual([0, 1, 2, 3, 4, 5, 100, 100, 100, 101, 101, 101]);
    await runtime.dispose();
  });

  it("are gathered for several layers in one pass, in the order that was asked for", async () => {
    const model = buildModel({ inputs: { x: ["n", 2, 5, 5] } }, (b, { x }) => {
      const first = b.op("Conv", [x, b.random([3, 2, 3, 3])], { pads: ints([1, 1, 1, 1]) }, "first");
      return { y: b.op("Conv", [first, b.random([4, 3, 1, 1])], {}, "second") };
    });
    const { runtime, layer } = await searchCase(model, [
      {
        x: float32(
          [1, 2, 5, 5],
          Array.from({ length: 50 }, (_, index) => Math.sin(index)),
        ),
      },
    ]);
    const samples = await runtime.sample([layer("second"), layer("first")]);
    expect(samples.map((sample) => [sample.layer.node, sample.left.shape])).toEqual([
      ["second", [1, 25, 3]],
      ["first", [1, 25, 18]],
    ]);
    expectClose(samples[0]!.left.data as Float32Array, samples[1]!.reference.data as Float32Array, roundingOf(18));
    await runtime.dispose();
  });
});

it("keeps no more rows than fit into 64 MB", async () => {
  const model = buildModel({ inputs: { x: [1, 32, 64, 64] } }, (b, { x }) => ({ y: b.op("Conv", [x, b.random([1, 32, 16, 16], "w")], {}, "layer") }));
  const { runtime, layer } = await searchCase(model, [{ x: float32([1, 32, 64, 64], new Float32Array(32 * 64 * 64)) }]);
  const [sample] = await runtime.sample([layer("layer")], { positions: all });
  expect(sample!.left.shape).toEqual([1, 2048, 32 * 16 * 16]);
  await runtime.dispose();
});
