import { type ModelFiles, readModel, type SessionOptions, type Tensors, type Value, writeModel } from "@halftone/core";
import { buildModel, floats, tensor } from "@halftone/core/testing";
import * as onnxruntime from "onnxruntime-node";
import { expect, test } from "vitest";
import { nodeBackend } from "./node-backend.ts";
import { type OrtStyle, ortFormat } from "./ort-format.ts";
import { withZeroPoints } from "./session/zero-points.ts";

/** Two int8 convolutions in Q/DQ form with float around them. */
function quantized(): ModelFiles {
  const model = buildModel({ inputs: { x: [1, 4, 8, 8] } }, (b, { x }) => {
    const grid = (scale: number, zero: number) => [b.constant([scale], []), b.constant(tensor("int8", [], new Int8Array([zero])))];
    const rounded = (value: Value, [scale, zero]: readonly Value[]) => b.op("DequantizeLinear", [b.op("QuantizeLinear", [value, scale, zero]), scale, zero]);
    const weights = (seed: number) => {
      const codes = Int8Array.from({ length: 4 * 4 * 9 }, (_, index) => ((index * 37 + seed) % 255) - 127);
      return b.op("DequantizeLinear", [b.constant(tensor("int8", [4, 4, 3, 3], codes)), b.constant([0.002], [])]);
    };
    const first = rounded(b.op("Conv", [rounded(b.op("Tanh", [x]), grid(0.01, 3)), weights(1)], {}, "first"), grid(0.02, -7));
    return { y: b.op("Sigmoid", [rounded(b.op("Conv", [first, weights(2)], {}, "second"), grid(0.03, 0))]) };
  });
  return writeModel(model);
}

const feeds: Tensors = {
  x: floats(
    [1, 4, 8, 8],
    Array.from({ length: 256 }, (_, index) => Math.sin(index)),
  ),
};

async function answers(model: ModelFiles, options?: SessionOptions): Promise<readonly number[]> {
  const session = await nodeBackend({ keepInt8: true }).open(model, options);
  const { y } = await session.run(feeds);
  await session.dispose();
  return Array.from(y!.data as Float32Array);
}

test.each<[OrtStyle, RegExp]>([
  ["fixed", /^Tanh QuantizeLinear QLinearConv QLinearConv/],
  ["runtime", /^(DequantizeLinear )*Tanh .*QuantizeLinear DequantizeLinear.* Conv QuantizeLinear/],
])("style %s loads, computes what the ONNX model computes, and shows its nodes", async (style, nodes) => {
  const { bytes, graph, runtime } = await ortFormat(quantized(), style);
  expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe("ORTM");
  expect(runtime).toBe(`onnxruntime-node ${onnxruntime.env.versions.node}`);
  expect(await answers({ model: bytes })).toEqual(await answers(quantized()));
  const { graph: shown } = readModel(graph);
  expect(shown.nodes.map(({ op }) => op).join(" ")).toMatch(nodes);
  expect(shown.initializers.filter(({ dtype, shape }) => shape?.length === 4 && dtype !== "int8")).toEqual([]);
});

test("zero points that were left out are written, and nothing else changes", async () => {
  const files = withZeroPoints(quantized());
  const added = readModel(files).graph.nodes.flatMap(({ op, inputs }) => (op === "DequantizeLinear" && inputs[0]!.constant ? [inputs[2]!] : []));
  expect(added.map(({ dtype, shape, constant }) => [dtype, shape, [...(constant!.data as Int8Array)]])).toEqual(Array(2).fill(["int8", [], [0]]));
  expect(await answers(files)).toEqual(await answers(quantized()));
  expect(withZeroPoints(files)).toBe(files);
});

test("what is no model is refused in the runtime's words", async () => {
  await expect(ortFormat({ model: new Uint8Array([1, 2, 3]) }, "fixed")).rejects.toMatchObject({ code: "invalid-model" });
});
