import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { checkGraph, type Model, opsetOf, subgraph } from "../ir/index.ts";
import { readModel, writeModel } from "../onnx/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { ocrModels, type RealModel, strokes } from "./fixtures/real-models.ts";
import { expectSameModel } from "./fixtures/same-model.ts";
import { expectSameOutputs, randomFeeds } from "./fixtures/same-on-runtime.ts";
import { normalize } from "./index.ts";

const backend = nodeBackend();
const [detection, recognition, direction] = ["det", "rec", "cls"].map((part) => ocrModels().find((model) => model.name.includes(part))!) as [
  RealModel,
  RealModel,
  RealModel,
];

describe("normalize on real models", () => {
  it("takes detection from 672 nodes to 164: batch norms, scales and shifts folded, hard swishes whole", async () => {
    const { nodes, operators, units, refusals } = await expectSameModel(detection, backend);
    expect(nodes).toEqual({ before: 672, after: 164 });
    expect(operators).toMatchObject({ Conv: 62, HardSwish: 24, HardSigmoid: 10, ConvTranspose: 2 });
    expect(Object.keys(operators)).not.toEqual(expect.arrayContaining(["BatchNormalization"]));
    expect([...units]).toEqual([]);
    expect(refusals).toEqual([]);
  });

  it("takes recognition from 765 nodes to 173: attention without shape arithmetic, layer norms whole, swishes as units", async () => {
    const { nodes, operators, units, model } = await expectSameModel(recognition, backend);
    expect(nodes).toEqual({ before: 765, after: 173 });
    expect(operators).toMatchObject({ HardSwish: 28, LayerNormalization: 5, Sigmoid: 7 });
    for (const gone of ["BatchNormalization", "Shape", "Cast", "Pow", "Div", "Clip", "ReduceMean"]) expect(operators[gone]).toBeUndefined();
    expect([...units.values()]).toEqual(Array(14).fill("silu"));
    expect(new Set([...units.keys()].map((name) => model.graph.node(name)!.op))).toEqual(new Set(["Sigmoid", "Mul"]));
    expect(opsetOf(model)).toBe(21);
  });

  it("takes the direction classifier from 471 nodes to 125", async () => {
    const { nodes, operators } = await expectSameModel(direction, backend);
    expect(nodes).toEqual({ before: 471, after: 125 });
    expect(operators["BatchNormalization"]).toBeUndefined();
  });

  it("knows every type afterwards, and promises no size that only one run had", async () => {
    const { model, observedShapes } = await expectSameModel(recognition, backend);
    for (const node of model.graph.nodes) {
      const output = node.outputs[0]!;
      expect([output.name, output.dtype]).toEqual([output.name, "float32"]);
      expect(observedShapes.get(output.name)).toHaveLength(output.shape!.length);
    }
    const softmax = model.graph.outputs[0]!;
    expect([softmax.shape!.at(-1), typeof softmax.shape![0]]).toEqual([6625, "string"]);
    expect(observedShapes.get(softmax.name)).toEqual([1, 20, 6625]);
  });

  it("gives the same names with data or without, every time", async () => {
    const names = async (withFeeds: boolean) => {
      const model = readModel(recognition.files());
      await normalize(model, { backend, ...(withFeeds && { feeds: strokes(model) }) });
      return [
        model.graph.nodes.map((node) => node.name),
        model.graph.initializers.map((value) => value.name),
        [...model.graph.values].map((value) => value.name),
      ];
    };
    const first = await names(true);
    expect(await names(false)).toEqual(first);
    expect(await names(true)).toEqual(first);
  });

  it("changes nothing the second time", async () => {
    const { model } = await expectSameModel(recognition, backend);
    const bytes = writeModel(model).model;
    const again = readModel({ model: bytes });
    const { applied } = await normalize(again, { backend });
    expect(Object.values(applied).reduce((sum, times) => sum + times, 0)).toBe(0);
    expect(Buffer.compare(writeModel(again).model, bytes)).toBe(0);
  });
});

describe("normalize", () => {
  it("folds what only becomes constant, or next to a layer, on the way", async () => {
    const model = buildModel({ opset: 9, inputs: { x: ["n", 4, 6, 6] } }, (b, { x }) => {
      const ones = b.op("ConstantOfShape", [b.int64([8])], { value: { kind: "tensor", value: b.constant([2]).content! } });
      const conv = b.op("Identity", [b.op("Conv", [x, b.op("Transpose", [b.random([4, 8, 1, 1])], { perm: { kind: "ints", value: [1n, 0n, 2n, 3n] } })])]);
      const normal = b.op("BatchNormalization", [conv, ones, b.random([8]), b.random([8]), ones]);
      const size = b.op("Cast", [b.op("Slice", [b.op("Shape", [normal])], { starts: { kind: "ints", value: [1n] }, ends: { kind: "ints", value: [2n] } })], {
        to: { kind: "int", value: 1n },
      });
      return { y: b.op("Div", [normal, size]) };
    });
    const rewritten = await expectSameOutputs(model, (copy) => normalize(copy, { backend }), { ulps: 16 });
    expect(rewritten.graph.nodes.map((node) => node.op)).toEqual(["Conv"]);
  });

  it("leaves subgraphs to themselves", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 4, 4], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
      const conv = b.op("Conv", [x, b.random([2, 2, 1, 1])]);
      const ones = b.constant([1, 2]);
      const branch = (op: string) =>
        subgraph(b.subgraph({}, (inner) => ({ out: inner.op(op, [inner.op("BatchNormalization", [conv, ones, ones, ones, ones])]) })));
      return { y: b.op("If", [flag], { then_branch: branch("Neg"), else_branch: branch("Relu") }) };
    });
    const rewritten = await expectSameOutputs(model, async (copy) => {
      expect((await normalize(copy, { backend, feeds: randomFeeds(copy) })).refusals).toEqual([]);
    });
    expect(rewritten.graph.nodes.map((node) => node.op)).toEqual(["Conv", "If"]);
  });

  it.each([
    ["QuantizeLinear", "", "QuantizeLinear"],
    ["MatMulNBits", "com.microsoft", "com.microsoft.MatMulNBits"],
    ["QLinearConv", "", "QLinearConv"],
    ["DynamicQuantizeLSTM", "com.microsoft", "com.microsoft.DynamicQuantizeLSTM"],
  ])("rejects a model that holds a %s", async (op, domain, words) => {
    const model = buildModel({ inputs: { x: [2] } }, (b, { x }) => ({ y: b.graph.addNode(op, [x], { name: "first", domain }).outputs[0]! }));
    await expect(normalize(model, { backend })).rejects.toMatchObject({
      code: "already-quantized",
      message: expect.stringContaining(words),
      details: { node: "first", op },
    });
  });

  it("finds quantized nodes inside control flow", async () => {
    const model = buildModel({ inputs: { x: [2], flag: { dtype: "bool", shape: [] } } }, (b, { x, flag }) => {
      const branch = (op: string) => subgraph(b.subgraph({}, (inner) => ({ out: inner.op(op, [x], {}, `inner_${op}`) })));
      return { y: b.op("If", [flag], { then_branch: branch("DequantizeLinear"), else_branch: branch("Neg") }) };
    });
    await expect(normalize(model, { backend })).rejects.toMatchObject({ code: "already-quantized", details: { node: "inner_DequantizeLinear" } });
  });

  it("says when the sample does not fit, and goes on without its shapes", async () => {
    const model = buildModel({ inputs: { x: [2, 3] } }, (b, { x }) => ({ y: b.op("Neg", [x]) }));
    const feeds = { x: { dtype: "float32", shape: [5], data: new Float32Array(5) } } as const;
    const { refusals, observedShapes } = await normalize(model, { backend, feeds });
    expect(refusals).toEqual([{ rule: "record-shapes", node: "", reason: expect.any(String) }]);
    expect(observedShapes.size).toBe(0);
  });

  it("stops when asked", async () => {
    const model: Model = readModel(direction.files());
    await expect(normalize(model, { backend, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    checkGraph(model.graph);
  });
});
