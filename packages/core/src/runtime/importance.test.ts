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
import { expectClose, float32, randomTensor, rowsOf } from "./fixtures/matrices.ts";
import { backend, type SearchCase, searchCase, sourceOf } from "./fixtures/search-case.ts";
import { buildGradientModel, type GradientLoss, gradientNameOf, targetName } from "./gradient/index.ts";

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

const ofScores: GradientLoss = { kind: "kl", tensor: "y", axis: -1, alike: true };

/** Gradients of the loss at the output of a layer, in a network that was quantized as it would be exported. */
async function gradientsOf(search: SearchCase, start: StartingPlan, feeds: readonly Tensors[], tensor: string, loss: GradientLoss): Promise<readonly Tensor[]> {
  const { graph, placement, target, model } = search;
  const plan = assemblePlan({ graph, placement, target, methodPlan: start, method: "start", model: "" });
  const gradients = buildGradientModel(await rewriteModel(model, plan, target), { loss, wrt: [tensor] });
  const float = cloneModel(model);
  if (!float.graph.value(loss.tensor)!.isOutput) float.graph.addOutput(float.graph.value(loss.tensor)!);
  const targets = await outputsOf(float, feeds, loss.tensor);
  const given = feeds.map((each, index) => ({ ...each, [targetName]: targets[index]! }));
  return outputsOf(gradients, given, gradientNameOf(tensor), { fuseQuantized: false });
}

/** In units of how far the answer to its sample is off: what the loss says of its own tensor. */
function perUnit(gradients: readonly Tensor[], ofLoss: readonly Tensor[], feeds: readonly Tensors[]): readonly Tensor[] {
  return gradients.map((gradient, index) => {
    const samples = feeds[index]!["x"]!.shape[0]!;
    const slope = ofLoss[index]!.data as Float32Array;
    const lengths = Array.from({ length: samples }, (_, sample) =>
      Math.hypot(...slope.slice((sample * slope.length) / samples, ((sample + 1) * slope.length) / samples)),
    );
    const values = gradient.data as Float32Array;
    return { ...gradient, data: values.map((value, each) => value / lengths[Math.floor((each * samples) / values.length)]!) };
  });
}

async function expectImportance(model: Model, feeds: readonly Tensors[], nodes: readonly string[], loss: GradientLoss = ofScores): Promise<void> {
  const search = await searchCase(model, feeds);
  const start = await startOf(search, feeds);
  const samples = await search.runtime.sample(nodes.map(search.layer), { ...everyPosition, importance: { quantized: start } });
  for (const { layer, importance, reference } of samples) {
    expect(importance, layer.node).toBeDefined();
    expect(importance!.shape).toEqual(reference.shape);
    const [gradients, ofLoss] = [await gradientsOf(search, start, feeds, layer.output, loss), await gradientsOf(search, start, feeds, loss.tensor, loss)];
    const expected = rowsOf(layer, perUnit(gradients, ofLoss, feeds)).map((slope) => slope ** 2);
    expectClose(importance!.data as Float32Array, expected, 0.01 * Math.max(...expected));
  }
  await search.runtime.dispose();
}

describe("importance", () => {
  it("is the squared gradient at the output of each layer, in units of the loss: convolutions and a linear layer", async () => {
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
    await expectImportance(scores, sentences, ["first", "last"], { kind: "kl", tensor: "last_out", axis: 1, alike: true });
  });

  it("is the same in sum for every step of a sequence, however sure the network is of its answer there", async () => {
    const model = buildModel({ inputs: { x: ["n", 4, 6] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.random([6, 5], "w")], {}, "layer") }));
    const sureness = [0.1, 1, 3, 6];
    const feeds = sentences.map(({ x }) => ({
      x: float32(
        x!.shape,
        (x!.data as Float32Array).map((value, index) => value * sureness[Math.floor(index / 6) % 4]!),
      ),
    }));
    const search = await searchCase(model, feeds);
    const [sample] = await search.runtime.sample([search.layer("layer")], { ...everyPosition, importance: { quantized: await startOf(search, feeds) } });
    const values = sample!.importance!.data as Float32Array;
    const sums = Array.from({ length: values.length / 5 }, (_, step) => values.subarray(step * 5, step * 5 + 5).reduce((sum, value) => sum + value, 0));
    expect(sums).toHaveLength(12);
    expectClose(sums, new Array<number>(12).fill(1 / 4), 1e-5);
    await search.runtime.dispose();
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

  it("of rows is the mean over what they answer, however often it is asked for", async () => {
    const search = await searchCase(classifier("Sigmoid"), images);
    const quantized = await startOf(search, images);
    const layers = ["first", "second", "third"].map(search.layer);
    const elements = await search.runtime.sample(layers, { ...everyPosition, importance: { quantized } });
    for (const positions of [everyPosition.positions, 20]) {
      const rows = await search.runtime.sample(layers, { positions, importance: { quantized, per: "row" } });
      for (const [index, sample] of rows.entries()) {
        const [batch, count] = sample.reference.shape as [number, number];
        expect(sample.importance!.shape).toEqual([batch, count, 1]);
        if (positions !== everyPosition.positions) continue;
        const all = elements[index]!.importance!;
        const columns = all.shape[2]!;
        const means = Array.from({ length: count }, (_, row) => {
          const groups = Array.from({ length: batch }, (__, entry) =>
            (all.data as Float32Array).subarray((entry * count + row) * columns, (entry * count + row + 1) * columns),
          );
          return groups.reduce((sum, group) => sum + group.reduce((part, value) => part + value, 0), 0) / (batch * columns);
        });
        const expected = Array.from({ length: batch * count }, (_, place) => means[place % count]!);
        expectClose(sample.importance!.data as Float32Array, expected, 1e-5 * Math.max(...expected));
      }
    }
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

/** Every row of `some` is one of `whole`, with its importance, times what the row stands for. */
function expectRowsOf(whole: LayerSample, some: LayerSample): void {
  const rowOf = (sample: LayerSample, row: number): string => {
    const depth = sample.left.shape[2]!;
    return String((sample.left.data as Float32Array).subarray(row * depth, (row + 1) * depth));
  };
  const columns = whole.importance!.shape[2]!;
  const importanceOf = ({ importance }: LayerSample, row: number): readonly number[] => [
    ...(importance!.data as Float32Array).subarray(row * columns, (row + 1) * columns),
  ];
  const places = new Map(Array.from({ length: whole.left.shape[0]! * whole.left.shape[1]! }, (_, row) => [rowOf(whole, row), row]));
  const weights = Array.from({ length: some.left.shape[0]! * some.left.shape[1]! }, (_, row) => {
    const [found, expected] = [importanceOf(some, row), importanceOf(whole, places.get(rowOf(some, row))!)];
    const weight = Math.max(...found) / Math.max(...expected);
    for (const [column, value] of found.entries()) expect(value).toBeCloseTo(weight * expected[column]!, 6);
    return weight;
  });
  // Half of the picks do not look at importance: no row stands for more than two.
  expect(Math.max(...weights)).toBeLessThanOrEqual(2 + 1e-5);
  expect(new Set(weights.map((weight) => weight.toFixed(3))).size).toBeGreaterThan(1);
}
