import { nodeBackend } from "@halftone/node";
import { describe, expect, test } from "vitest";
import { checkGraph, ints, type Model, type Value } from "../ir/index.ts";
import { writeModel } from "../onnx/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { floats } from "../testing/tensors.ts";
import { closeSignedMoves } from "./close-signed-moves.ts";

type Move = (b: GraphBuilder, value: Value) => Value;

const moves: Readonly<Record<string, Move>> = {
  Reshape: (b, value) => b.op("Reshape", [value, b.int64([4, 16])]),
  Transpose: (b, value) => b.op("Transpose", [value]),
  Squeeze: (b, value) => b.op("Squeeze", [value, b.int64([0])]),
  Unsqueeze: (b, value) => b.op("Unsqueeze", [value, b.int64([0])]),
  Slice: (b, value) => b.op("Slice", [value, b.int64([0]), b.int64([2]), b.int64([1])]),
  MaxPool: (b, value) => b.op("MaxPool", [value], { kernel_shape: ints([2, 2]) }),
};

/** Signed codes, moved in float, and what reads them. */
const moved = (move: Move, read: (b: GraphBuilder, value: Value) => Readonly<Record<string, Value>>) =>
  buildModel({ inputs: { x: [1, 4, 4, 4] } }, (b, { x }) => {
    const grid = [b.constant([0.05], []), b.constant({ dtype: "int8", shape: [], data: Int8Array.of(-3) })];
    const codes = b.op("QuantizeLinear", [x, ...grid]);
    codes.dtype = "int8";
    return read(b, move(b, b.op("DequantizeLinear", [codes, ...grid])));
  });

const tanh = (b: GraphBuilder, value: Value) => ({ y: b.op("Tanh", [value]) });

async function run(model: Model, optimization: "disabled" | "all"): Promise<readonly unknown[]> {
  const session = await nodeBackend().open(writeModel(model), { optimization });
  try {
    const x = floats(
      [1, 4, 4, 4],
      Float32Array.from({ length: 64 }, (_, index) => Math.sin(index) * 5),
    );
    const outputs = await session.run({ x });
    return session.outputs.map((name) => [name, outputs[name]!.shape, outputs[name]!.data]);
  } finally {
    await session.dispose();
  }
}

test.each(Object.entries(moves))("%s behind a signed grid is refused by the runtime's optimizer, and closed it runs and computes the same", async (_, move) => {
  const model = moved(move, tanh);
  const expected = await run(model, "disabled");
  // Where this fails, the runtime was mended and the pass can go. Other processors keep int8 codes.
  if (process.arch === "x64") await expect(run(model, "all")).rejects.toThrow(/output_dtype INT8 does not match/);
  closeSignedMoves(model.graph);
  checkGraph(model.graph);
  expect(await run(model, "all")).toEqual(expected);
});

describe("closes", () => {
  test("a chain of moves, each once", async () => {
    const model = moved((b, value) => moves["Transpose"]!(b, moves["Reshape"]!(b, value)), tanh);
    const expected = await run(model, "disabled");
    closeSignedMoves(model.graph);
    const ops = model.graph.nodes.map(({ op }) => op);
    expect(ops.filter((op) => op === "QuantizeLinear")).toHaveLength(3);
    closeSignedMoves(model.graph);
    expect(model.graph.nodes.map(({ op }) => op)).toEqual(ops);
    expect(await run(model, "all")).toEqual(expected);
  });

  test("a graph's output, which keeps its name, and its other readers", async () => {
    const model = moved(moves["Reshape"]!, (b, value) => ({ z: value, y: b.op("Tanh", [value]) }));
    const expected = await run(model, "disabled");
    closeSignedMoves(model.graph);
    expect(await run(model, "all")).toEqual(expected);
  });
});

test("unsigned codes are left as they are: the runtime carries them well", async () => {
  const model = buildModel({ inputs: { x: [1, 4, 4, 4] } }, (b, { x }) => {
    const grid = [b.constant([0.05], []), b.constant({ dtype: "uint8", shape: [], data: Uint8Array.of(120) })];
    const codes = b.op("QuantizeLinear", [x, ...grid]);
    codes.dtype = "uint8";
    return tanh(b, moves["Reshape"]!(b, b.op("DequantizeLinear", [codes, ...grid])));
  });
  closeSignedMoves(model.graph);
  expect(model.graph.nodes.filter(({ op }) => op === "QuantizeLinear")).toHaveLength(1);
  await run(model, "all");
});
