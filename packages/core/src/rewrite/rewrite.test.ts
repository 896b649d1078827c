import { describe, expect, it } from "vitest";
import { checkGraph, ints, type Model } from "../ir/index.ts";
import { codeRange, createDistance, seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import type { QuantConfigInput, Tensors } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { planByRange, runModel } from "./fixtures/plan-by-range.ts";
import { rewriteModel } from "./rewrite.ts";

function randomFeeds(shapes: Readonly<Record<string, readonly number[]>>): Tensors {
  const random = seededRandom(5);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = Float32Array.from({ length: shape.reduce((product, dimension) => product * dimension, 1) }, () => random() * 2 - 1);
      return [name, { dtype: "float32" as const, shape, data }];
    }),
  );
}

async function rewritten(model: Model, shapes: Readonly<Record<string, readonly number[]>>, config?: QuantConfigInput) {
  const feeds = randomFeeds(shapes);
  const before = writeModel(model).model;
  const { plan } = await planByRange(model, feeds, config);
  const quantized = await rewriteModel(model, plan, fixtureTarget);
  checkGraph(quantized.graph);
  expect(Buffer.compare(writeModel(model).model, before), "the original changed").toBe(0);
  const [expected, actual] = [await runModel(before, feeds), await runModel(writeModel(quantized).model, feeds)];
  const sqnr = Object.fromEntries(
    Object.keys(expected).map((name) => {
      const distance = createDistance();
      distance.update(expected[name]!, actual[name]!);
      return [name, distance.result().sqnrDb];
    }),
  );
  return { graph: quantized.graph, plan, sqnr };
}

const image = { x: [1, 4, 12, 12] };

function conv(b: GraphBuilder, x: Parameters<GraphBuilder["op"]>[1][0], name: string, channels = [8, 4]) {
  return b.op("Conv", [x, b.random([...channels, 3, 3], `${name}_w`), b.random([channels[0]!], `${name}_b`)], { pads: ints([1, 1, 1, 1]) }, name);
}

function twoConvolutions(): Model {
  return buildModel({ inputs: image }, (b, { x }) => ({ y: conv(b, b.op("Relu", [conv(b, x, "first")], {}, "relu"), "second", [4, 8]) }));
}

describe("rewrite", () => {
  it("stores weights as integers and biases as int32 without a zero point, drops the Relu, keeps the output's name", async () => {
    const { graph, sqnr } = await rewritten(twoConvolutions(), image);
    expect(graph.node("relu")).toBeUndefined();
    expect(graph.outputs.map((value) => [value.name, value.producer?.op])).toEqual([["y", "DequantizeLinear"]]);
    const first = graph.node("first")!;
    const [, weight, bias] = first.inputs.map((value) => value!.producer!);
    expect(weight!.inputs[0]!.dtype).toBe("int8");
    expect(weight!.inputs[1]!.shape).toEqual([8]);
    expect(bias!.inputs[0]!.dtype).toBe("int32");
    expect(bias!.inputs).toHaveLength(2);
    expect(graph.value("first_w")).toBeUndefined();
    // Two 8-bit layers: each quantizer alone leaves about 6 dB per bit.
    expect(sqnr.y).toBeGreaterThan(34);
  });

  it("gives tensors that move through Concat and MaxPool one grid, the same initializers", async () => {
    const model = buildModel({ inputs: image }, (b, { x }) => {
      const joined = b.op("Concat", [conv(b, x, "left"), conv(b, x, "right")], { axis: { kind: "int", value: 1n } });
      const pooled = b.op("MaxPool", [joined], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "pool");
      return { y: conv(b, pooled, "last", [4, 16]) };
    });
    const { graph, sqnr } = await rewritten(model, image);
    const scales = ["left_out", "right_out", "pool_out"].map((name) => graph.value(name)!.consumers[0]!.node.inputs[1]);
    expect(new Set(scales).size).toBe(1);
    expect(sqnr.y).toBeGreaterThan(33);
  });

  it("lets float readers see the float value where the producer is float, and the dequantized one where it is a kernel", async () => {
    const model = buildModel({ inputs: image }, (b, { x }) => {
      const raw = b.op("Exp", [x], {}, "exp");
      const computed = conv(b, raw, "conv");
      return { y: conv(b, computed, "next", [4, 8]), fromFloat: b.op("Neg", [raw], {}, "neg"), fromKernel: b.op("Abs", [computed], {}, "abs") };
    });
    const { graph, sqnr } = await rewritten(model, image);
    expect(graph.node("neg")!.inputs[0]!.producer!.op).toBe("Exp");
    expect(graph.node("abs")!.inputs[0]!.producer!.op).toBe("DequantizeLinear");
    expect(sqnr.fromFloat).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ["int8 symmetric", { activations: { dtype: "int8", scheme: "symmetric" } }, 32],
    ["symmetric-uint8", { activations: { scheme: "symmetric-uint8" } }, 33],
    ["power of two", { activations: { dtype: "int8", scheme: "power-of-two" }, weights: { scheme: "power-of-two" } }, 26],
    ["uint8 weights", { weights: { dtype: "uint8", scheme: "asymmetric" } }, 33],
    ["weights per tensor", { weights: { granularity: "tensor" } }, 32],
    ["16-bit activations", { activations: { dtype: "uint16" } }, 36],
    ["6 bits in uint8", { activations: { bits: 6 }, weights: { bits: 6 } }, 20],
    ["4-bit weights", { weights: { dtype: "int4" } }, 12],
    ["4-bit weights in blocks", { weights: { dtype: "int4", granularity: "block", blockSize: 2 } }, 12],
  ] satisfies [string, QuantConfigInput, number][])("runs with %s", async (_, config, atLeast) => {
    const { sqnr } = await rewritten(twoConvolutions(), image, config);
    expect(sqnr.y).toBeGreaterThan(atLeast);
  });

  it("keeps every code of a narrow grid inside it: weights, and what is stored, whose codes a Clip holds", async () => {
    const { graph, plan } = await rewritten(twoConvolutions(), image, { activations: { bits: 6 }, weights: { bits: 6 } });
    const weight = graph.node("first")!.inputs[1]!.producer!.inputs[0]!.constant!;
    const { min, max } = codeRange(plan.encodings.first_w!);
    expect([min, max]).toEqual([-32, 31]);
    for (const code of weight.data as Int8Array) expect(code >= min && code <= max).toBe(true);
    expect(plan.encodings.relu_out).toMatchObject({ bits: 6, zeroPoint: [0] });
    const clip = graph.node("second")!.inputs[0]!.producer!.inputs[0]!.producer!;
    expect([clip.op, clip.inputs[0]!.producer!.op]).toEqual(["Clip", "QuantizeLinear"]);
    expect(clip.inputs.slice(1).map((value) => value!.constant!.data[0])).toEqual([0, 63]);
    graph.addOutput(clip.outputs[0]!);
    const model = { irVersion: 10, opsets: new Map([["", 21]]), producerName: "", producerVersion: "", metadata: new Map(), graph };
    const codes = (await runModel(writeModel(model).model, randomFeeds(image)))[clip.outputs[0]!.name]!;
    expect([Math.min(...codes), Math.max(...codes)]).toEqual([0, 63]);
  });

  it("raises the scale of a channel whose bias would overflow int32", async () => {
    const model = buildModel({ inputs: image }, (b, { x }) => {
      const weight = b.graph.addConstant("w", { dtype: "float32", shape: [2, 4, 1, 1], data: Float32Array.of(1, 2, 3, 4, 1e-9, 0, 0, 0) });
      return { y: b.op("Conv", [x, weight, b.constant([1, 1000], [2], "b")], {}, "conv") };
    });
    const { graph, sqnr } = await rewritten(model, image);
    const bias = graph.node("conv")!.inputs[2]!.producer!.inputs[0]!.constant!;
    expect(Math.abs(Number(bias.data[1]))).toBeLessThan(2 ** 31 - 1);
    expect(sqnr.y).toBeGreaterThan(40);
  });
});
