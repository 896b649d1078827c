import { describe, expect, it } from "vitest";
import { createCalibrator } from "../calibrate/index.ts";
import { cloneModel, int, ints, type Model } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { assemblePlan, type StartingPlan, startingObservations, startingPlan } from "../plan/index.ts";
import { rewriteModel } from "../rewrite/index.ts";
import type { LayerSample, Tensor, Tensors } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { outputsOf } from "./fixtures/exported.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { expectClose, randomTensor, rowsOf } from "./fixtures/matrices.ts";
import { backend, type SearchCase, searchCase, sourceOf } from "./fixtures/search-case.ts";
import { buildGradientModel, type GradientLoss, gradientNameOf, targetName } from "./gradient/index.ts";
import { importanceOf } from "./importance.ts";

/** Scores of 4 classes, from convolutions. */
function classifier(activation = "Relu"): Model {
  return buildModel({ inputs: { x: ["n", 3, 6, 6] } }, (b, { x }) => {
    const first = b.op("Conv", [x, b.random([4, 3, 3, 3], "first_w"), b.random([4])], { pads: ints([1, 1, 1, 1]) }, "first");
    const second = b.op("Conv", [b.op(activation, [first], {}, "act"), b.random([6, 2, 3, 3], "second_w")], { group: int(2) }, "second");
    const pooled = b.op("Flatten", [b.op("GlobalAveragePool", [b.op("Tanh", [second])])]);
    return { y: b.op("Gemm", [pooled, b.random([4, 6], "third_w"), b.random([4])], { transB: int(1) }, "third") };
  });
}

/** Scores of 5 classes for each token, from attention. */
function attention(): Model {
  return buildModel({ inputs: { x: ["n", 4, 6] } }, (b, { x }) => {
    const project = (name: string) => b.op("MatMul", [x, b.random([6, 6], `${name}_w`)], {}, name);
    const scores = b.op("MatMul", [project("query"), b.op("Transpose", [project("key")], { perm: ints([0, 2, 1]) })], {}, "scores");
    const mixed = b.op("MatMul", [b.op("Softmax", [scores]), project("value")], {}, "mix");
    return { y: b.op("Add", [b.op("MatMul", [mixed, b.random([6, 5], "out_w")], {}, "out"), b.random([5])]) };
  });
}

const images = [1, 2].map((batch, index): Tensors => ({ x: randomTensor([batch, 3, 6, 6], index + 1) }));
const sentences = [2, 1].map((batch, index): Tensors => ({ x: randomTensor([batch, 4, 6], index + 1) }));

async function startOf({ graph, placement, model }: SearchCase, feeds: readonly Tensors[]): Promise<StartingPlan> {
  const statistics = await createCalibrator().collect(writeModel(model), sourceOf(feeds), startingObservations({ placement }), backend);
  return startingPlan(graph, placement, statistics);
}

const ofScores: GradientLoss = { kind: "kl", tensor: "y", axis: -1 };

/** Gradients of the loss at the output of a layer, in a network that was quantized as it would be exported. */
async function gradientsOf(search: SearchCase, start: StartingPlan, feeds: readonly Tensors[], tensor: string, loss: GradientLoss): Promise<readonly Tensor[]> {
  const { graph, placement, target, model } = search;
  const plan = assemblePlan({ graph, placement, target, methodPlan: start, method: "start", model: "" });
  const gradients = buildGradientModel(rewriteModel(model, plan, target), { loss, wrt: [tensor] });
  const float = cloneModel(model);
  if (!float.graph.value(loss.tensor)!.isOutput) float.graph.addOutput(float.graph.value(loss.tensor)!);
  const targets = await outputsOf(float, feeds, loss.tensor);
  const given = feeds.map((each, index) => ({ ...each, [targetName]: targets[index]! }));
  return outputsOf(gradients, given, gradientNameOf(tensor), { fuseQuantized: false });
}

function normalized(gradient: Float64Array): Float64Array {
  const mean = gradient.reduce((sum, value) => sum + value * value, 0) / gradient.length;
  return gradient.map((value) => (value * value) / mean);
}

async function expectImportance(model: Model, feeds: readonly Tensors[], nodes: readonly string[], loss: GradientLoss = ofScores): Promise<void> {
  const search = await searchCase(model, feeds);
  const start = await startOf(search, feeds);
  const samples = await search.runtime.sample(nodes.map(search.layer), { ...everyPosition, importance: { quantized: start } });
  for (const { layer, importance, reference } of samples) {
    expect(importance, layer.node).toBeDefined();
    expect(importance!.shape).toEqual(reference.shape);
    const gradients = await gradientsOf(search, start, feeds, layer.output, loss);
    expectClose(importance!.data as Float32Array, normalized(rowsOf(layer, gradients)), 0.01);
  }
  await search.runtime.dispose();
}

describe("importance", () => {
  it("is the squared gradient at the output of each layer, with mean 1: convolutions and a linear layer", async () => {
    await expectImportance(classifier("Sigmoid"), images, ["first", "second", "third"]);
  });

  it("is that of every token and head of attention", async () => {
    await expectImportance(attention(), sentences, ["query", "key", "value", "scores", "mix", "out"]);
  });

  it("follows the loss that the network's output asks for: numbers to keep, or scores in front of a Softmax", async () => {
    const map = buildModel({ inputs: { x: ["n", 3, 6, 6] } }, (b, { x }) => {
      const first = b.op("Conv", [x, b.random([4, 3, 3, 3], "first_w")], {}, "first");
      return { y: b.op("Conv", [b.op("Sigmoid", [first]), b.random([2, 4, 1, 1], "last_w"), b.random([2])], {}, "last") };
    });
    await expectImportance(map, images, ["first", "last"], { kind: "squared-error", tensor: "y" });
    const scores = buildModel({ inputs: { x: ["n", 4, 6] } }, (b, { x }) => {
      const first = b.op("Tanh", [b.op("MatMul", [x, b.random([6, 8], "first_w")], {}, "first")]);
      return { y: b.op("Softmax", [b.op("MatMul", [first, b.random([8, 5], "last_w")], {}, "last")], { axis: int(1) }) };
    });
    await expectImportance(scores, sentences, ["first", "last"], { kind: "kl", tensor: "last_out", axis: 1 });
  });

  it("is zero where an activation that the grid absorbs lets nothing through", async () => {
    const search = await searchCase(classifier(), images);
    expect(search.placement.nodes["act"]).toEqual({ mode: "absorbed" });
    const start = await startOf(search, images);
    const [first] = await search.runtime.sample([search.layer("first")], { ...everyPosition, importance: { quantized: start } });
    const { importance, reference, bias } = first!;
    const columns = bias!.shape[0]!;
    const seen = Array.from(importance!.data as Float32Array, (each, index) => ({
      importance: each,
      value: (reference.data[index] as number) + (bias!.data[index % columns] as number),
    }));
    // Near zero the rounding of what the layer reads decides.
    const [closed, open] = [seen.filter(({ value }) => value < -0.1), seen.filter(({ value }) => value > 0.1)];
    expect(closed.filter((each) => each.importance !== 0)).toEqual([]);
    expect(Math.min(closed.length, open.length)).toBeGreaterThan(50);
    expect(open.filter((each) => each.importance > 0).length).toBeGreaterThan(open.length / 2);
    await search.runtime.dispose();
  });

  it("belongs to the rows of the sample, whichever they are", async () => {
    const search = await searchCase(classifier("Sigmoid"), images);
    const importance = { quantized: await startOf(search, images) };
    const layers = [search.layer("first"), search.layer("second")];
    const whole = await search.runtime.sample(layers, { ...everyPosition, importance });
    const some = await search.runtime.sample(layers, { positions: 20, importance });
    some.forEach((sample, index) => {
      expectRowsOf(whole[index]!, sample);
    });
    await search.runtime.dispose();
  });

  it("is left out where no error matters: behind the loss, and where nothing is quantized", async () => {
    const model = buildModel({ inputs: { x: ["n", 6] } }, (b, { x }) => ({
      y: b.op("MatMul", [x, b.random([6, 4], "w")], {}, "main"),
      z: b.op("MatMul", [x, b.random([6, 4], "v")], {}, "beside"),
    }));
    const feeds = [{ x: randomTensor([5, 6]) }];
    const search = await searchCase(model, feeds);
    const layers = [search.layer("main"), search.layer("beside")];
    const [main, beside] = await search.runtime.sample(layers, { importance: { quantized: await startOf(search, feeds) } });
    expect([main!.importance !== undefined, beside!.importance]).toEqual([true, undefined]);
    const [float] = await search.runtime.sample(layers, { importance: { quantized: {} } });
    expect(float!.importance).toBeUndefined();
    expect((await search.runtime.sample(layers))[0]!.importance).toBeUndefined();
    await search.runtime.dispose();
  });

  it("names an operator on the way to the loss that has no gradient", async () => {
    const model = buildModel({ inputs: { x: ["n", 6] } }, (b, { x }) => {
      const odd = b.op("CumSum", [b.op("MatMul", [x, b.random([6, 4], "w")], {}, "layer"), b.int64([1])], {}, "odd");
      return { y: b.op("MatMul", [odd, b.random([4, 3], "v")], {}, "last") };
    });
    const feeds = [{ x: randomTensor([2, 6]) }];
    const search = await searchCase(model, feeds);
    const importance = { quantized: await startOf(search, feeds) };
    const asked = search.runtime.sample([search.layer("layer")], { importance });
    await expect(asked).rejects.toMatchObject({ code: "unsupported-op", details: { node: "odd", operator: "CumSum" } });
    const [last] = await search.runtime.sample([search.layer("last")], { importance });
    expect(last!.importance, "not on the way").toBeDefined();
    await search.runtime.dispose();
  });
});

/** Every row of `some` is one of `whole`, with its importance but for the mean. */
function expectRowsOf(whole: LayerSample, some: LayerSample): void {
  const rowOf = (sample: LayerSample, row: number): string => {
    const depth = sample.left.shape[2]!;
    return String((sample.left.data as Float32Array).subarray(row * depth, (row + 1) * depth));
  };
  const columns = whole.reference.shape[2]!;
  const places = new Map(Array.from({ length: whole.left.shape[0]! * whole.left.shape[1]! }, (_, row) => [rowOf(whole, row), row]));
  const pairs = Array.from({ length: some.importance!.data.length }, (_, index) => {
    const place = places.get(rowOf(some, Math.floor(index / columns)))! * columns + (index % columns);
    return [some.importance!.data[index] as number, whole.importance!.data[place] as number] as const;
  });
  const [most, same] = pairs.reduce((best, pair) => (pair[1] > best[1] ? pair : best));
  for (const [found, expected] of pairs) expect(found / most).toBeCloseTo(expected / same, 4);
}

describe("importanceOf", () => {
  it("squares gradients too small for float32 squares, and refuses what is no number", () => {
    const gradient: Tensor = { dtype: "float32", shape: [1, 1, 3], data: Float32Array.of(1e-30, -2e-30, 0) };
    expectClose(importanceOf(gradient)!.data as Float32Array, [0.6, 2.4, 0], 1e-6);
    expect(importanceOf({ ...gradient, data: new Float32Array(3) })).toBeUndefined();
    expect(importanceOf({ ...gradient, data: Float32Array.of(1, Number.POSITIVE_INFINITY, 0) })).toBeUndefined();
    expect(importanceOf({ ...gradient, data: Float32Array.of(1, Number.NaN, 0) })).toBeUndefined();
  });
});
