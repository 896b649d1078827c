import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Attribute, int, ints, type Model, type Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { applyRules } from "./rule.ts";

/** A sum of a hundred products in another order, and weights rounded once more: 2^-17 of the largest output. */
const ulps = 64;
const fold = (model: Model) => applyRules(model, [foldBatchNorm]);
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

function batchNorm(b: GraphBuilder, x: Value, channels: number, attributes: Readonly<Record<string, Attribute>> = {}): Value {
  const positive = (name: string) =>
    b.constant(
      [...(b.random([channels]).constant!.data as Float32Array)].map((value) => 1.5 + value),
      [channels],
      name,
    );
  return b.op("BatchNormalization", [x, positive("gamma"), b.random([channels], "beta"), b.random([channels], "mean"), positive("variance")], attributes, "bn");
}

const layer = fc.record({
  op: fc.constantFrom("Conv", "ConvTranspose"),
  spatial: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  inputs: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  kernel: fc.integer({ min: 1, max: 3 }),
  bias: fc.boolean(),
  seed: fc.nat(1000),
});

describe("foldBatchNorm", () => {
  it("folds into convolutions of any rank, group and direction", async () => {
    await fc.assert(
      fc.asyncProperty(layer, async ({ op, spatial, group, inputs, outputs, kernel, bias, seed }) => {
        const [into, outOf] = [inputs * group, outputs * group];
        const weights = op === "Conv" ? [outOf, inputs] : [into, outputs];
        const model = buildModel({ inputs: { x: [2, into, ...Array<number>(spatial).fill(5)] }, seed }, (b, { x }) => {
          const w = b.random([...weights, ...Array<number>(spatial).fill(kernel)], "w");
          const pads = ints(Array<number>(2 * spatial).fill(kernel >> 1));
          const y = b.op(op, [x, w, bias ? b.random([outOf], "b") : undefined], { group: int(group), pads });
          return { y: b.op("Neg", [batchNorm(b, y, outOf)]) };
        });
        expect(operators(await expectSameOutputs(model, fold, { ulps }))).toEqual([op, "Neg"]);
      }),
      { numRuns: 60 },
    );
  });

  const gemm = fc.record({
    transB: fc.boolean(),
    alpha: fc.constantFrom(1, 0.5),
    beta: fc.constantFrom(1, 2),
    bias: fc.constantFrom(undefined, [], [1], [4], [1, 4]),
    seed: fc.nat(1000),
  });

  it("folds into Gemm, whatever its attributes", async () => {
    await fc.assert(
      fc.asyncProperty(gemm, async ({ transB, alpha, beta, bias, seed }) => {
        const model = buildModel({ inputs: { x: ["n", 6] }, seed }, (b, { x }) => {
          const attributes = { transB: int(transB ? 1 : 0), alpha: { kind: "float", value: alpha }, beta: { kind: "float", value: beta } } as const;
          const y = b.op("Gemm", [x, b.random(transB ? [4, 6] : [6, 4]), bias && b.random(bias)], attributes);
          return { y: batchNorm(b, y, 4) };
        });
        expect(operators(await expectSameOutputs(model, fold, { ulps }))).toEqual(["Gemm"]);
      }),
      { numRuns: 40 },
    );
  });

  it("takes epsilon from the node and keeps the name of the graph output", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 4] } }, (b, { x }) => ({
      y: batchNorm(b, b.op("Conv", [x, b.random([3, 2, 1])], {}, "conv"), 3, { epsilon: { kind: "float", value: 0.5 } }),
    }));
    const folded = await expectSameOutputs(model, fold, { ulps });
    expect(folded.graph.outputs.map((output) => [output.name, output.producer?.name])).toEqual([["y", "conv"]]);
    expect(folded.graph.initializers.map((value) => value.name)).toContain("conv_bias");
  });

  it("leaves a shared weight to its other reader", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 6] } }, (b, { x }) => {
      const w = b.random([2, 2, 3], "w");
      return { normalized: batchNorm(b, b.op("Conv", [x, w]), 2), plain: b.op("Conv", [x, w]) };
    });
    const folded = await expectSameOutputs(model, fold, { ulps });
    expect(operators(folded)).toEqual(["Conv", "Conv"]);
    expect(folded.graph.value("w")!.consumers.length).toBe(1);
  });

  it("says why it does not fold", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 6], w: [2, 2, 3], gamma: [2] } }, (b, { x, w, gamma }) => {
      const conv = (name: string) => b.op("Conv", [x, b.random([2, 2, 3])], {}, name);
      const shared = conv("shared");
      const visible = conv("visible");
      const ones = b.constant([1, 1]);
      const norm = (value: Value, name: string, scale = ones, variance = ones) => b.op("BatchNormalization", [value, scale, ones, ones, variance], {}, name);
      return {
        alone: norm(x, "no_producer"),
        behindRelu: norm(b.op("Relu", [x], {}, "relu"), "behind_relu"),
        dynamicWeight: norm(b.op("Conv", [x, w], {}, "dynamic_conv"), "dynamic_weight"),
        dynamicScale: norm(conv("conv"), "dynamic_scale", gamma),
        twice: norm(shared, "read_twice"),
        other: b.op("Neg", [shared]),
        named: norm(visible, "output_before"),
        visible,
        broken: norm(conv("conv"), "broken", ones, b.constant([1, -3])),
      };
    });
    const { refusals, applied } = fold(model);
    expect(applied).toEqual({ "fold-batch-norm": 0 });
    expect(Object.fromEntries(refusals.map(({ node, reason }) => [node, reason]))).toEqual({
      no_producer: "the value before it has no constant weight to fold into",
      behind_relu: "Relu relu before it has no constant weight to fold into",
      dynamic_weight: "Conv dynamic_conv before it has no constant weight to fold into",
      dynamic_scale: "its parameters are no constants of 2 channels",
      read_twice: "the output of shared is read elsewhere too",
      output_before: "visible, which visible computes before it, is an output of the model",
      broken: "its constants give no finite scale: a divisor is zero, or a variance negative or not a number",
    });
  });

  it("does not fold a BatchNormalization that trains", () => {
    const model = buildModel({ inputs: { x: [1, 2, 6] } }, (b, { x }) => ({
      y: batchNorm(b, b.op("Conv", [x, b.random([2, 2, 3])]), 2, { training_mode: int(1) }),
    }));
    expect(fold(model).refusals.map(({ reason }) => reason)).toEqual(["it is in training mode"]);
  });
});
