import { describe, expect, it } from "vitest";
import { checkGraph, cloneModel, int, ints, type Model, type Value } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { operandOf } from "../plan/index.ts";
import type { AffineEncoding, NodeDecision, QuantPlan, Rescaling } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { innerDimensions } from "./channel-constant.ts";
import { runModel } from "./fixtures/plan-by-range.ts";
import { addRescaling } from "./operands.ts";
import { rescaleOperands } from "./rescalings.ts";

const grid: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [1], zeroPoint: [128] };

/** Channels stretched by factors between 1/4 and 4, and moved by up to 2. */
function randomRescaling(channels: number, axis: number, shifted: boolean): Rescaling {
  const random = seededRandom(channels);
  const scale = Array.from({ length: channels }, () => Math.fround(4 ** (random() * 2 - 1)));
  return { axis, scale, ...(shifted && { shift: scale.map(() => Math.fround(random() * 4 - 2)) }) };
}

/** The model with rescaled operands and without a grid, its plan, and how far its outputs are off, relative to the largest value. */
async function rescaled(model: Model, rescalings: Readonly<Record<string, Rescaling>>, integer: readonly string[], encodings: QuantPlan["encodings"] = {}) {
  const decisionOf = (name: string): NodeDecision => (integer.includes(name) ? { mode: "integer" } : { mode: "float", reason: "" });
  const plan: QuantPlan = {
    version: 1,
    model: "0".repeat(64),
    method: "",
    target: "fixture",
    encodings,
    operands: Object.fromEntries(Object.entries(rescalings).map(([tensor, rescaling]) => [tensor, { encoding: grid, rescaling }])),
    nodes: Object.fromEntries(model.graph.nodes.map(({ name }) => [name, decisionOf(name)])),
    skipped: {},
  };
  const before = writeModel(model).model;
  const changed = cloneModel(model);
  const after = rescaleOperands(changed.graph, plan, fixtureTarget);
  const inserted: string[] = [];
  for (const [tensor, { rescaling }] of Object.entries(after.operands!)) {
    if (!rescaling) continue;
    inserted.push(tensor);
    const value = changed.graph.value(tensor)!;
    const uses = value.consumers.filter((use) => operandOf(use, after));
    const source = addRescaling(changed.graph, value, rescaling, innerDimensions(uses[0]!));
    for (const use of uses) use.node.setInput(use.input, source);
  }
  checkGraph(changed.graph);
  expect(Buffer.compare(writeModel(model).model, before), "the original changed").toBe(0);
  const feeds = Object.fromEntries(model.graph.inputs.map((input) => [input.name, randomTensor(input.shape as number[])]));
  const [expected, actual] = [await runModel(before, feeds), await runModel(writeModel(changed).model, feeds)];
  const errors = Object.keys(expected).map((name) => {
    const largest = expected[name]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return expected[name]!.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[name]![index]!)), 0) / largest;
  });
  return { graph: changed.graph, plan: after, inserted, error: Math.max(...errors) };
}

function randomTensor(shape: readonly number[]) {
  const random = seededRandom(11);
  const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random() * 2 - 1);
  return { dtype: "float32" as const, shape, data };
}

const tokens = { x: [2, 6, 8] };
const image = { x: [1, 4, 9, 9] };

function linear(b: GraphBuilder, x: Value, name: string, withBias = true) {
  const product = b.op("MatMul", [x, b.random([8, 5], `${name}_w`)], {}, name);
  return withBias ? b.op("Add", [product, b.random([5], `${name}_b`)], {}, `${name}_bias`) : product;
}

function normalized(b: GraphBuilder, x: Value, withBias = true) {
  return b.op("LayerNormalization", [x, b.random([8], "gamma"), ...(withBias ? [b.random([8], "beta")] : [])], { axis: int(-1) }, "norm");
}

describe("rescaled operands change nothing", () => {
  const cases: Record<string, { model: Model; rescalings: Record<string, Rescaling>; integer: string[]; inserted: string[] }> = {
    "LayerNormalization in front of linear layers": {
      model: buildModel({ inputs: tokens }, (b, { x }) => {
        const norm = normalized(b, x);
        return { y: linear(b, norm, "q"), z: linear(b, norm, "k", false) };
      }),
      rescalings: { norm_out: randomRescaling(8, 2, true) },
      integer: ["q", "k"],
      inserted: [],
    },
    "LayerNormalization without a bias": {
      model: buildModel({ inputs: tokens }, (b, { x }) => ({ y: linear(b, normalized(b, x, false), "q") })),
      rescalings: { norm_out: randomRescaling(8, 2, true) },
      integer: ["q"],
      inserted: [],
    },
    "LayerNormalization that a float node reads too": {
      model: buildModel({ inputs: tokens }, (b, { x }) => {
        const norm = normalized(b, x);
        return { y: linear(b, norm, "q"), z: b.op("Erf", [norm]) };
      }),
      rescalings: { norm_out: randomRescaling(8, 2, true) },
      integer: ["q"],
      inserted: ["norm_out"],
    },
    "LayerNormalization that a product in float reads too": {
      model: buildModel({ inputs: tokens }, (b, { x }) => {
        const norm = normalized(b, x);
        return { y: linear(b, norm, "q"), z: linear(b, norm, "k") };
      }),
      rescalings: { norm_out: randomRescaling(8, 2, true) },
      integer: ["q"],
      inserted: ["norm_out"],
    },
    "Mul and Add behind a normalization, in front of a 1 x 1 convolution": {
      model: buildModel({ inputs: image }, (b, { x }) => {
        const scaled = b.op("Mul", [b.op("InstanceNormalization", [x, b.constant([1, 1, 1, 1]), b.constant([0, 0, 0, 0])]), b.random([4, 1, 1], "gamma")]);
        return { y: b.op("Conv", [b.op("Add", [scaled, b.random([1, 4, 1, 1], "beta")], {}, "affine"), b.random([6, 4, 1, 1])], {}, "conv") };
      }),
      rescalings: { affine_out: randomRescaling(4, 1, true) },
      integer: ["conv"],
      inserted: [],
    },
    "an Add alone takes a shift": {
      model: buildModel({ inputs: tokens }, (b, { x }) => ({ y: linear(b, b.op("Add", [x, b.constant([0.5], [1])], {}, "moved"), "q") })),
      rescalings: { moved_out: { axis: 2, scale: Array(8).fill(1), shift: randomRescaling(8, 2, true).shift! } },
      integer: ["q"],
      inserted: [],
    },
    "an Add alone takes no scale": {
      model: buildModel({ inputs: tokens }, (b, { x }) => ({ y: linear(b, b.op("Add", [x, b.constant([0.5], [1])], {}, "moved"), "q") })),
      rescalings: { moved_out: randomRescaling(8, 2, true) },
      integer: ["q"],
      inserted: ["moved_out"],
    },
    "a float convolution and a Relu in front of a padded depthwise one": {
      model: buildModel({ inputs: image }, (b, { x }) => {
        const first = b.op("Relu", [b.op("Conv", [x, b.random([6, 4, 3, 3]), b.random([6])])], {}, "relu");
        return { y: b.op("Conv", [first, b.random([6, 1, 3, 3])], { pads: ints([1, 1, 1, 1]), group: int(6) }, "depthwise") };
      }),
      rescalings: { relu_out: randomRescaling(6, 1, false) },
      integer: ["depthwise"],
      inserted: [],
    },
    "a Relu lets no shift through": {
      model: buildModel({ inputs: image }, (b, { x }) => {
        const first = b.op("Relu", [b.op("Conv", [x, b.random([6, 4, 3, 3]), b.random([6])])], {}, "relu");
        return { y: b.op("Conv", [first, b.random([6, 3, 2, 2]), b.random([6])], { group: int(2) }, "grouped") };
      }),
      rescalings: { relu_out: randomRescaling(6, 1, true) },
      integer: ["grouped"],
      inserted: ["relu_out"],
    },
    "a float convolution without a bias takes a shift": {
      model: buildModel({ inputs: image }, (b, { x }) => ({
        y: b.op("Conv", [b.op("Conv", [x, b.random([6, 2, 3, 3])], { group: int(2) }, "first"), b.random([4, 6, 1, 1])], {}, "second"),
      })),
      rescalings: { first_out: randomRescaling(6, 1, true) },
      integer: ["second"],
      inserted: [],
    },
    "Gemm, transposed, behind a float linear layer with a bias": {
      model: buildModel({ inputs: { x: [6, 8] } }, (b, { x }) => ({
        y: b.op("Gemm", [linear(b, x, "first"), b.random([3, 5])], { transB: int(1) }, "second"),
      })),
      rescalings: { first_bias_out: randomRescaling(5, 1, true) },
      integer: ["second"],
      inserted: [],
    },
    "ConvTranspose in groups, at the model's input": {
      model: buildModel({ inputs: image }, (b, { x }) => ({
        y: b.op("ConvTranspose", [x, b.random([4, 3, 2, 2]), b.random([6])], { group: int(2), pads: ints([1, 1, 1, 1]) }, "up"),
      })),
      rescalings: { x: randomRescaling(4, 1, false) },
      integer: ["up"],
      inserted: ["x"],
    },
  };
  it.each(Object.entries(cases))("%s", async (_, { model, rescalings, integer, inserted }) => {
    const result = await rescaled(model, rescalings, integer);
    expect(result.error).toBeLessThan(1e-5);
    expect(result.inserted).toEqual(inserted);
  });

  it("changes steps, not codes, of an integer product in front", async () => {
    const encoding: AffineEncoding = { kind: "affine", dtype: "int8", scale: [0.01, 0.02, 0.03, 0.04, 0.05], zeroPoint: [0, 0, 0, 0, 0], axis: 1 };
    const model = buildModel({ inputs: tokens }, (b, { x }) => ({
      y: b.op("MatMul", [linear(b, x, "first"), b.random([5, 3])], {}, "second"),
    }));
    const rescaling = randomRescaling(5, 2, true);
    const result = await rescaled(model, { first_bias_out: rescaling }, ["first", "second"], { first_w: encoding });
    expect(result.error).toBeLessThan(1e-5);
    expect(result.inserted).toEqual([]);
    expect(result.plan.encodings.first_w!.scale).toEqual(encoding.scale.map((step, channel) => Math.fround(step / rescaling.scale[channel]!)));
    const perTensor = await rescaled(model, { first_bias_out: rescaling }, ["first", "second"], {
      first_w: { kind: "affine", dtype: "int8", scale: [0.05], zeroPoint: [0] },
    });
    expect(perTensor.inserted).toEqual(["first_bias_out"]);
    expect(perTensor.error).toBeLessThan(1e-5);
  });

  it("keeps the weight that float readers share, and gives a MatMul without a bias one that it absorbs", async () => {
    const model = buildModel({ inputs: tokens }, (b, { x }) => {
      const weight = b.random([8, 5], "w");
      return { y: b.op("MatMul", [normalized(b, x), weight], {}, "q"), z: b.op("MatMul", [x, weight], {}, "float") };
    });
    const { error, plan, graph } = await rescaled(model, { norm_out: randomRescaling(8, 2, true) }, ["q"]);
    expect(error).toBeLessThan(1e-5);
    const added = graph.value("y")!.producer!;
    expect([added.op, plan.nodes[added.name]]).toEqual(["Add", { mode: "absorbed" }]);
  });
});

describe("rescaling that cannot be undone", () => {
  const conv = (attributes = {}) => buildModel({ inputs: image }, (b, { x }) => ({ y: b.op("Conv", [x, b.random([6, 4, 3, 3])], attributes, "conv") }));
  const product = buildModel({ inputs: { x: [2, 4, 4] } }, (b, { x }) => ({ y: b.op("MatMul", [x, b.op("Exp", [x])], {}, "conv") }));
  const shared = buildModel({ inputs: { x: [2, 4, 4] } }, (b, { x }) => {
    const weight = b.random([4, 4]);
    return { y: b.op("MatMul", [b.op("MatMul", [x, weight], {}, "conv"), weight], {}, "second") };
  });
  it.each([
    ["a shift where zeros are read around the input", conv({ pads: ints([1, 1, 1, 1]) }), randomRescaling(4, 1, true), "pads"],
    ["another axis", conv(), randomRescaling(4, 2, false), "axis 1"],
    ["another number of channels", conv(), randomRescaling(5, 1, false), "4 channels"],
    ["a product of activations", product, randomRescaling(4, 2, false), "no constant weight"],
    ["a weight that another product reads", shared, randomRescaling(4, 2, false), "other products"],
  ])("%s", async (_, model, rescaling, problem) => {
    await expect(rescaled(model, { x: rescaling }, ["conv", "second"])).rejects.toThrowError(
      expect.objectContaining({
        code: "invalid-config",
        message: expect.stringContaining(problem),
        details: expect.objectContaining({ field: "operands.x.rescaling" }),
      }),
    );
  });
});
