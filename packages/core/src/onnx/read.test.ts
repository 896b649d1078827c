import { clearField, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
  SparseTensorProtoSchema,
  TensorProtoSchema,
  AttributeProto_AttributeType as Type,
} from "onnx-buf";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { checkGraph, float, floats, int, ints, opsetOf, string, strings, subgraph, tensor } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { editModel } from "./fixtures/edit-model.ts";
import { readModel, writeModel } from "./index.ts";

const decode = (model: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, model as Uint8Array<ArrayBuffer>);

function edit(model: Uint8Array, change: (model: ModelProto) => void): Uint8Array {
  const proto = decode(model);
  change(proto);
  return toBinary(ModelProtoSchema, proto);
}

async function runOnRuntime(model: Uint8Array, feeds: Record<string, ort.Tensor>): Promise<Record<string, unknown>> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.data]));
}

describe("weights", () => {
  it("stay in the file: reading allocates nothing of their size", () => {
    const data = new Uint8Array(64e6).fill(7);
    const bytes = writeModel(buildModel({}, (b) => ({ y: b.op("Identity", [b.constant({ dtype: "uint8", shape: [64e6], data })]) }))).model;
    const before = process.memoryUsage().arrayBuffers;
    const model = readModel({ model: bytes });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    const { content, constant } = model.graph.initializers[0]!;
    expect([content!.bytes.buffer === bytes.buffer, constant!.data.length]).toEqual([true, 64e6]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it("are decoded once, and copied only where they are not aligned", () => {
    const bytes = writeModel(buildModel({}, (b) => ({ y: b.op("Add", [b.constant([1, 2], [2], "a"), b.constant([3, 4], [2], "bc")]) }))).model;
    for (let shift = 0; shift < 4; shift++) {
      const file = new Uint8Array(bytes.length + shift);
      file.set(bytes, shift);
      const value = readModel({ model: file.subarray(shift) }).graph.value("bc")!;
      const { data } = value.constant as { data: Float32Array };
      expect(data).toEqual(Float32Array.of(3, 4));
      expect(data.buffer === file.buffer).toBe(value.content!.bytes.byteOffset % 4 === 0);
      expect(value.constant).toBe(value.constant);
    }
  });

  it("may be strings that are no text, and keep a byte order mark", () => {
    const raw = [Uint8Array.of(0xff, 0xfe), Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)];
    const model = editModel((_, __, node) => {
      node("custom").attribute.find(({ t }) => t)!.t!.stringData = raw;
    });
    const read = readModel({ model });
    expect(writeModel(read).model).toEqual(model);
    const value = read.graph.node("custom")!.attribute("value") as { data: readonly string[] };
    expect(value.data[1]).toBe("\uFEFFa");
  });
});

describe("sparse initializers", () => {
  /** y = x + sparse, where sparse is [0, 5, 0, 7]. */
  const sparse = (): Uint8Array =>
    edit(writeModel(buildModel({ inputs: { x: [4] } }, (b, { x }) => ({ y: b.op("Add", [x, b.constant([0, 0, 0, 0], [4], "s")]) }))).model, ({ graph }) => {
      graph!.initializer = [];
      const values = create(TensorProtoSchema, { name: "s", dataType: DataType.FLOAT, dims: [2n], floatData: [5, 7] });
      const indices = create(TensorProtoSchema, { dataType: DataType.INT64, dims: [2n], int64Data: [1n, 3n] });
      graph!.sparseInitializer = [create(SparseTensorProtoSchema, { values, indices, dims: [4n] })];
    });
  const feeds = { x: new ort.Tensor("float32", [1, 1, 1, 1], [4]) };

  it("are a Constant node in the graph and themselves in the file", async () => {
    const model = readModel({ model: sparse() });
    checkGraph(model.graph);
    expect(model.graph.value("s")!.producer!.op).toBe("Constant");
    const written = writeModel(model).model;
    expect(decode(written).graph!.sparseInitializer).toEqual(decode(sparse()).graph!.sparseInitializer);
    expect(await runOnRuntime(written, feeds)).toEqual({ y: Float32Array.of(1, 6, 1, 8) });
  });

  it("follow a rename", async () => {
    const model = readModel({ model: sparse() });
    model.graph.rename(model.graph.value("s")!, "renamed");
    expect(await runOnRuntime(writeModel(model).model, feeds)).toEqual({ y: Float32Array.of(1, 6, 1, 8) });
  });
});

describe("control flow", () => {
  /** Both branches answer with values of the outer graph, by name. */
  const direct = (): Uint8Array => {
    const built = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [2] } }, (b, { condition, x }) => {
      const branch = (name: string) => subgraph(b.subgraph({}, (inner) => ({ [name]: inner.op("Neg", [x]) })));
      return { y: b.op("If", [condition], { then_branch: branch("p"), else_branch: branch("q") }), h: b.op("Abs", [x]) };
    });
    return edit(writeModel(built).model, ({ graph }) => {
      const [then, otherwise] = graph!.node.find((node) => node.opType === "If")!.attribute.map((attribute) => attribute.g!);
      then!.node = [];
      then!.output[0]!.name = "x";
      otherwise!.node = [];
      otherwise!.output[0]!.name = "h";
    });
  };

  it("that answers with a value from outside becomes what the runtime accepts", async () => {
    const condition = (flag: boolean) => ({ condition: new ort.Tensor("bool", [flag], []), x: new ort.Tensor("float32", [-1, 2], [2]) });
    await expect(runOnRuntime(direct(), condition(true))).rejects.toThrow(/Graph output \(h\) does not exist in the graph|outer scope value/);
    const model = readModel({ model: direct() });
    checkGraph(model.graph);
    const written = writeModel(model).model;
    expect((await runOnRuntime(written, condition(true)))["y"]).toEqual(Float32Array.of(-1, 2));
    expect((await runOnRuntime(written, condition(false)))["y"]).toEqual(Float32Array.of(1, 2));
  });

  it("makes the values it answers with count as read", () => {
    const { graph } = readModel({ model: direct() });
    expect(graph.value("h")!.consumers).toHaveLength(1);
    expect(graph.value("x")!.consumers).toHaveLength(2);
  });
});

describe("nodes", () => {
  it("may stand in any order", () => {
    const { graph } = readModel({ model: editModel((_, graph) => void graph.node.reverse()) });
    checkGraph(graph);
    expect(graph.unordered.map((node) => node.name)).toEqual(["choice", "custom", "matmul"]);
    expect(graph.nodes.map((node) => node.name)).toEqual(["matmul", "choice", "custom"]);
  });

  it("without a name get one that no other node has, and given names stay", () => {
    const model = edit(
      writeModel(buildModel({ inputs: { x: [1] } }, (b, { x }) => ({ y: [1, 2, 3, 4].reduce((value) => b.op("Relu", [value]), x) }))).model,
      ({ graph }) => {
        ["", "", "Relu_1", "Relu"].forEach((name, index) => {
          graph!.node[index]!.name = name;
        });
      },
    );
    expect(readModel({ model }).graph.nodes.map((node) => node.name)).toEqual(["Relu_2", "Relu_3", "Relu_1", "Relu"]);
  });

  it("with one name get different ones", () => {
    const model = editModel((_, graph) => void graph.node.map((node) => Object.assign(node, { name: "same" })));
    const { graph } = readModel({ model });
    checkGraph(graph);
    expect(graph.nodes.map((node) => node.name)).toEqual(["same", "same_1", "same_2"]);
  });

  it("of the standard operators have the empty domain, however it is spelled", () => {
    const model = editModel((proto, _, node) => {
      proto.opsetImport[0]!.domain = "ai.onnx";
      node("matmul").domain = "ai.onnx";
    });
    const read = readModel({ model });
    expect([read.graph.node("matmul")!.domain, opsetOf(read)]).toEqual(["", 21]);
  });
});

describe("models of the first days", () => {
  const attributes = {
    axis: int(3),
    alpha: float(0.5),
    mode: string("linear"),
    pads: ints([1, 2]),
    betas: floats([1, 2]),
    keys: strings(["a", "b"]),
    value: tensor({ dtype: "float32", shape: [1], data: Float32Array.of(1) }),
  };
  const typeField = AttributeProtoSchema.field["type"]!;
  const old = (change: (model: ModelProto) => void = () => {}): Uint8Array =>
    edit(writeModel(buildModel({ inputs: { x: [1] } }, (b, { x }) => ({ y: b.op("Custom", [x], attributes, "custom") }))).model, (model) => {
      model.irVersion = 1n;
      model.opsetImport = [];
      for (const attribute of model.graph!.node[0]!.attribute) clearField(attribute, typeField);
      change(model);
    });

  it("name neither operator sets nor types of attributes", () => {
    const model = readModel({ model: old() });
    expect([model.opsets.size, opsetOf(model)]).toEqual([0, 1]);
    const node = model.graph.node("custom")!;
    expect(Object.fromEntries([...node.attributes].map(([name, { kind }]) => [name, kind]))).toEqual({
      axis: "int",
      alpha: "float",
      mode: "string",
      pads: "ints",
      betas: "floats",
      keys: "strings",
      value: "tensor",
    });
    expect([node.int("axis", 0), node.float("alpha", 0), node.string("mode", "")]).toEqual([3, 0.5, "linear"]);
  });

  it("keep an attribute whose type cannot be told", () => {
    const model = old(({ graph }) => Object.assign(graph!.node[0]!.attribute[0]!, { f: 1 }));
    const read = readModel({ model });
    expect(read.graph.node("custom")!.attributes.get("axis")!.kind).toBe("opaque");
    expect(decode(writeModel(read).model).graph!.node[0]!.attribute[0]).toEqual(decode(model).graph!.node[0]!.attribute[0]);
  });

  it("are told from attributes of the future, which are carried", () => {
    const model = editModel((_, __, node) => {
      const attribute = node("custom").attribute[0]!;
      clearField(attribute, typeField);
      attribute.$unknown = [{ no: 20, wireType: 0, data: Uint8Array.of(99) }];
    });
    const read = readModel({ model });
    expect(read.graph.node("custom")!.attributes.get("axis")!.kind).toBe("opaque");
    expect(writeModel(read).model).toEqual(model);
  });

  it("carry attributes of functions as they are", () => {
    const model = editModel((_, __, node) => {
      node("custom").attribute.push(create(AttributeProtoSchema, { name: "slope", refAttrName: "alpha", type: Type.FLOAT }));
    });
    expect(writeModel(readModel({ model })).model).toEqual(model);
  });
});
