import { type Graph, type GraphView, inferTypes, ints, type ModelFiles, quantize, readModel, string, type Target, type Value, viewOf } from "@halftone/core";
import { buildModel, tensor } from "@halftone/core/testing";
import { minMax } from "@halftone/min-max";
import { nodeBackend, ortFormat } from "@halftone/node";
import { expect, test } from "vitest";
import { sampled, smallNetwork } from "../fixtures/small-network.ts";
import { mobileCoreml, mobileNnapi, mobileQnn, mobileXnnpack, providerTable } from "../target/mobile-targets.ts";
import { checkProvider } from "./check-provider.ts";

/** What a provider is offered: the graph as the runtime hands it over. */
async function offered(model: ModelFiles): Promise<GraphView> {
  const read = readModel((await ortFormat(model, "runtime")).graph);
  await inferTypes(read, nodeBackend());
  return viewOf(read.graph);
}

async function quantized(target: Target, batch: number | string = 1): Promise<GraphView> {
  const { model } = await quantize({ model: smallNetwork(batch), source: sampled(), method: minMax(), target, backend: nodeBackend() });
  return offered(model);
}

const left = ({ elsewhere }: ReturnType<typeof checkProvider>) => Object.fromEntries(elsewhere.map(({ node, reason }) => [node, reason]));

test("XNNPACK takes the convolutions and the pool; the sum between them splits what it runs", async () => {
  const check = checkProvider(await quantized(mobileXnnpack()), providerTable("mobile-xnnpack"));
  const reasons = left(check);
  expect(Object.keys(reasons)).toEqual(expect.arrayContaining(["residual", "mean"]));
  for (const node of ["stem", "pool", "depthwise", "mix", "last"]) expect(reasons).not.toHaveProperty(node);
  expect(reasons["residual"]).toBe("XNNPACK has no Add");
  expect(check.onProvider + check.elsewhere.length).toBe(check.nodes);
  expect(check.partitions).toBeGreaterThanOrEqual(2);
});

test("a model that was quantized for another provider stays on the CPU, and the types say why", async () => {
  const reasons = left(checkProvider(await quantized(mobileXnnpack()), providerTable("mobile-nnapi")));
  expect(reasons["stem"]).toBe("NNAPI takes activations of Conv as uint8, not int8");
  expect(left(checkProvider(await quantized(mobileNnapi()), providerTable("mobile-nnapi")))).not.toHaveProperty("stem");
});

test("an open batch is fine with XNNPACK, and nothing runs on NNAPI with it", async () => {
  const graph = await quantized(mobileNnapi(), "n");
  expect(checkProvider(graph, providerTable("mobile-nnapi"))).toMatchObject({ onProvider: 0, partitions: 0 });
  expect(left(checkProvider(graph, providerTable("mobile-nnapi")))["stem"]).toMatch(/needs fixed shapes, and .* is \[n, /);
  expect(left(checkProvider(await quantized(mobileXnnpack(), "n"), providerTable("mobile-xnnpack")))).not.toHaveProperty("stem");
});

test("CoreML leaves every DequantizeLinear to the CPU, and the Flatten that it has not", async () => {
  const check = checkProvider(await quantized(mobileCoreml()), providerTable("mobile-coreml"));
  expect(new Set(check.elsewhere.map(({ op }) => op))).toEqual(new Set(["DequantizeLinear", "Flatten"]));
  expect(check.partitions).toBe(2);
});

test("QNN has a row for every operator of a small network", async () => {
  expect(checkProvider(await quantized(mobileQnn()), providerTable("mobile-qnn"))).toMatchObject({ elsewhere: [], partitions: 1 });
});

/** A chain of float operators that XNNPACK has (P) and has not (C). */
function chain(kinds: string): Graph {
  return buildModel({ inputs: { x: [1, 2, 4, 4] } }, (b, { x }) => {
    let value: Value = x;
    for (const kind of kinds) value = b.op(kind === "P" ? "Softmax" : "Tanh", [value], {}, kind);
    return { y: value };
  }).graph;
}

test.each([
  ["P", 1],
  ["PP", 1],
  ["CPC", 1],
  ["PCP", 2],
  ["CPPCCPC", 2],
  ["CC", 0],
])("a chain %s has %i partitions", (kinds, partitions) => {
  expect(checkProvider(viewOf(typed(chain(kinds))), providerTable("mobile-xnnpack")).partitions).toBe(partitions);
});

test("branches that the provider can run together are one partition", () => {
  const { graph } = buildModel({ inputs: { x: [1, 2, 4, 4] } }, (b, { x }) => {
    const [left, right] = [b.op("Softmax", [x], {}, "left"), b.op("Tanh", [x], {}, "cpu")];
    return { y: b.op("Softmax", [b.op("Softmax", [right], {}, "right")], {}, "second"), z: b.op("Softmax", [left], {}, "third") };
  });
  expect(checkProvider(viewOf(typed(graph)), providerTable("mobile-xnnpack")).partitions).toBe(1);
});

test("a Relu behind a convolution disappears into it, and only there", () => {
  const { graph } = buildModel({ inputs: { x: [1, 2, 4, 4] } }, (b, { x }) => {
    const fused = b.op("Relu", [b.op("Conv", [x, b.random([2, 2, 1, 1])], {}, "conv")], {}, "fused");
    return { y: b.op("Relu", [b.op("Tanh", [fused], {}, "tanh")], {}, "alone") };
  });
  expect(left(checkProvider(viewOf(typed(graph)), providerTable("mobile-xnnpack")))).toEqual({ tanh: "XNNPACK has no Tanh", alone: "XNNPACK has no Relu" });
});

test("conditions of a row are the reasons of a refusal", () => {
  const { graph } = buildModel({ inputs: { x: [1, 2, 4, 4], w: [2, 2, 1, 1], v: [1, 2, 4] } }, (b, { x, w, v }) => ({
    a: b.op("Conv", [x, w], {}, "open weights"),
    b: b.op("Conv", [v, b.random([2, 2, 1])], {}, "one dimension"),
    c: b.op("Softmax", [x], { axis: { kind: "int", value: 1n } as never }, "channels"),
    d: b.op("Resize", [x, undefined, b.constant([1, 1, 2, 2])], { mode: string("nearest") }, "nearest"),
    e: b.op("MaxPool", [x], { kernel_shape: ints([2, 2]) }, "fine"),
  }));
  expect(left(checkProvider(viewOf(typed(graph)), providerTable("mobile-xnnpack")))).toEqual({
    "open weights": "XNNPACK needs w of Conv to be constant",
    "one dimension": "XNNPACK takes Conv of 4 dimensions, not 3",
    channels: "XNNPACK takes Softmax along the last axis only",
    nearest: "XNNPACK takes Resize only with mode = linear",
  });
});

test("weights with several scales are refused where one is taken", () => {
  const { graph } = buildModel({ inputs: { x: [3, 4] } }, (b, { x }) => {
    const grid = [b.constant([0.1], []), b.constant(tensor("uint8", [], new Uint8Array([128])))];
    const rounded = (value: Value) => b.op("DequantizeLinear", [b.op("QuantizeLinear", [value, ...grid]), ...grid]);
    const codes = b.constant(tensor("int8", [4, 2], new Int8Array(8)));
    const weight = b.op("DequantizeLinear", [codes, b.constant([0.1, 0.2]), b.constant(tensor("int8", [2], new Int8Array(2)))]);
    return { y: rounded(b.op("MatMul", [rounded(x), weight], {}, "product")) };
  });
  expect(left(checkProvider(viewOf(typed(graph)), providerTable("mobile-nnapi")))).toEqual({ product: "NNAPI takes weights of MatMul with one scale only" });
});

/** Shapes that these small graphs keep from end to end, and the types of their codes. */
function typed(graph: Graph): Graph {
  for (const node of graph.nodes) {
    const output = node.outputs[0]!;
    output.shape ??= graph.inputs[0]!.shape;
    output.dtype ??= node.op === "QuantizeLinear" ? node.inputs[2]!.dtype : "float32";
  }
  return graph;
}
