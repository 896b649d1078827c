import { clone, create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  AttributeProto_AttributeType as Type,
  TypeProto_SequenceSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../spec/index.ts";
import { editModel } from "./fixtures/edit-model.ts";
import { readModel, writeModel } from "./index.ts";
import { maximumDepth, maximumListedNumbers, maximumParts } from "./limits.ts";

type Edit = Parameters<typeof editModel>[0];

const inner = (node: NodeProto) => node.attribute.find((attribute) => attribute.g)!.g!;

const cases: readonly (readonly [string, Edit, RegExp, ErrorCode?])[] = [
  [
    "an input that nothing produces",
    (_, __, node) => node("matmul").input.splice(1, 1, "nowhere"),
    /Node matmul \(MatMul\) reads value nowhere \(input 1\), which nothing produces; export the model again/,
  ],
  [
    "an input of a subgraph that nothing produces",
    (_, __, node) => inner(node("choice")).node[0]!.input.splice(0, 1, "nowhere"),
    /Node add \(Add\) reads value nowhere/,
  ],
  ["an output that nothing produces", (_, graph) => Object.assign(graph.output[0]!, { name: "nowhere" }), /Graph output nowhere is produced by no node/],
  [
    "a value with two producers",
    (_, __, node) => node("custom").output.splice(0, 1, "matmul_out"),
    /Node custom \(Custom\) produces value matmul_out, which is defined elsewhere too; each value has one producer/,
  ],
  ["a node that produces one value twice", (_, __, node) => node("custom").output.push("custom_out"), /Node custom \(Custom\) produces value custom_out/],
  ["a node that produces an input", (_, __, node) => node("custom").output.splice(0, 1, "x"), /produces value x/],
  ["a node that produces an initializer", (_, __, node) => node("custom").output.splice(0, 1, "w"), /produces value w/],
  ["a node without an operator", (_, __, node) => Object.assign(node("custom"), { opType: "" }), /Node custom \(\) names no operator/],
  [
    "an attribute that is listed twice",
    (_, __, node) => node("custom").attribute.push(node("custom").attribute[0]!),
    /Attribute axis of node custom \(Custom\) is listed twice/,
  ],
  ["a cycle", (_, __, node) => node("matmul").input.splice(0, 1, "y"), /cycle through node (matmul|choice) \((MatMul|If)\); an ONNX graph must be acyclic/],
  ["a cycle inside a subgraph", (_, __, node) => inner(node("choice")).node[0]!.input.splice(0, 1, "sum"), /cycle through node add \(Add\)/],
  ["a cycle through a subgraph", (_, __, node) => inner(node("choice")).node[0]!.input.splice(0, 1, "y"), /cycle through node choice \(If\)/],
  ["an input that is listed twice", (_, graph) => graph.input.push(graph.input[0]!), /Graph input condition is listed twice/],
  ["an input without a name", (_, graph) => Object.assign(graph.input[0]!, { name: "" }), /Graph graph has an input without a name/],
  ["an initializer that is defined twice", (_, graph) => graph.initializer.push(graph.initializer[0]!), /Initializer w is defined twice/],
  ["an initializer without a name", (_, graph) => Object.assign(graph.initializer[0]!, { name: "" }), /Graph graph has an initializer without a name/],
  [
    "a sparse initializer that is defined elsewhere",
    (_, graph) => graph.sparseInitializer.push(create(SparseTensorProtoSchema, { values: graph.initializer[0]! })),
    /Sparse initializer w is defined elsewhere too/,
  ],
  [
    "a sparse initializer without a name",
    (_, graph) => graph.sparseInitializer.push(create(SparseTensorProtoSchema)),
    /Graph graph has a sparse initializer without a name/,
  ],
  ["no outputs", (_, graph) => Object.assign(graph.output, { length: 0 }), /Graph graph has no outputs/],
  ["a negative dimension of a tensor", (_, graph) => graph.initializer[0]!.dims.splice(0, 1, -2n), /Initializer w has dimension -2: the file is damaged/],
  ["a dimension past all counting", (_, graph) => graph.initializer[0]!.dims.splice(0, 1, 2n ** 60n), /Initializer w has dimension 1152921504606846976/],
  [
    "dimensions whose product is past all counting",
    (_, graph) => Object.assign(graph.initializer[0]!, { dims: new Array<bigint>(40).fill(2n ** 50n) }),
    /Initializer w holds 16 bytes where float32 .* needs Infinity/,
  ],
  [
    "a value with a dimension past all counting",
    (_, graph) => Object.assign(graph.input[1]!, { type: editedType(2n ** 62n) }),
    /Value x has dimension 4611686018427387904/,
  ],
  [
    "weights that are too short",
    (_, graph) => Object.assign(graph.initializer[0]!, { rawData: new Uint8Array(15) }),
    /Initializer w holds 15 bytes where float32 \[2, 2\] needs 16: the file is damaged/,
  ],
  ["weights that are missing", (_, graph) => Object.assign(graph.initializer[0]!, { rawData: new Uint8Array(0) }), /Initializer w holds 0 bytes/],
  [
    "weights in the typed field of another type",
    (_, graph) => Object.assign(graph.initializer[0]!, { rawData: new Uint8Array(0), int32Data: [1, 2, 3, 4] }),
    /Initializer w holds 0 bytes/,
  ],
  [
    "strings that are missing",
    (_, __, node) =>
      node("custom")
        .attribute.find(({ t }) => t)!
        .t!.stringData.pop(),
    /Attribute value of node custom \(Custom\) holds 1 strings where its shape \[2\] needs 2/,
  ],
  [
    "an element type that ONNX does not define",
    (_, graph) => Object.assign(graph.initializer[0]!, { dataType: 77 }),
    /Initializer w has element type 77, which ONNX does not define/,
  ],
  [
    "a value of an element type that ONNX does not define",
    (_, graph) => Object.assign(graph.input[1]!, { type: editedType(1n, 78) }),
    /Value x has element type 78/,
  ],
  [
    "an operator set of the future",
    (model) => Object.assign(model.opsetImport[0]!, { version: 27n }),
    /uses operator set 27; this release reads up to 26\. Export it with an older opset/,
    "unsupported-opset",
  ],
  [
    "an operator set of the future under its long name",
    (model) => Object.assign(model.opsetImport[0]!, { domain: "ai.onnx", version: 99n }),
    /operator set 99/,
    "unsupported-opset",
  ],
  ["an operator set that never was", (model) => Object.assign(model.opsetImport[0]!, { version: 0n }), /names operator set 0, which does not exist/],
  [
    "a format of the future",
    (model) => Object.assign(model, { irVersion: 14n }),
    /written in ONNX IR version 14; this release reads 1 to 13/,
    "unsupported-opset",
  ],
  ["no format version", (model) => Object.assign(model, { irVersion: 0n }), /holds no ONNX graph/],
  ["no operator sets", (model) => Object.assign(model.opsetImport, { length: 0 }), /holds no ONNX graph/],
];

function editedType(dimension: bigint, elemType = 1) {
  const dim = [{ value: { case: "dimValue" as const, value: dimension } }];
  return create(TypeProtoSchema, { value: { case: "tensorType", value: { elemType, shape: { dim } } } as never });
}

describe("a model that is not sound is refused by name", () => {
  const rows = cases.map(([what, edit, message, code = "invalid-model"]) => ({ what, edit, message, code }));
  it.each(rows)("$what", ({ edit, message, code }) => {
    expect(() => readModel({ model: editModel(edit) })).toThrow(expect.objectContaining({ name: "QuantError", code, message: expect.stringMatching(message) }));
  });

  it("puts the facts into details", () => {
    const model = editModel((_, __, node) => node("matmul").input.splice(1, 1, "nowhere"));
    expect(() => readModel({ model })).toThrow(expect.objectContaining({ details: { node: "matmul", value: "nowhere" } }));
  });
});

describe("limits", () => {
  const refusal = (message: RegExp) => expect.objectContaining({ name: "QuantError", code: "invalid-model", message: expect.stringMatching(message) });

  it("stop control flow that is nested too deep", () => {
    const nested = (depth: number): Uint8Array =>
      editModel((_, graph, node) => {
        let body = clone(GraphProtoSchema, inner(node("choice")));
        for (let level = 1; level < depth; level++) {
          const attribute = [create(AttributeProtoSchema, { name: "then_branch", type: Type.GRAPH, g: body })];
          const holder = create(NodeProtoSchema, { name: `if_${level}`, opType: "If", output: [`level_${level}`], input: ["condition"], attribute });
          body = create(GraphProtoSchema, { name: `body_${level}`, node: [holder], output: [create(ValueInfoProtoSchema, { name: `level_${level}` })] });
        }
        inner(node("choice")).node = body.node;
        inner(node("choice")).output = body.output;
        graph.name = "outer";
      });
    expect(() => readModel({ model: nested(25) })).not.toThrow();
    expect(() => readModel({ model: nested(200) })).toThrow(refusal(new RegExp(`more than ${maximumDepth} levels of nested messages`)));
  });

  it("do not concern types that are no tensor, however deep: they are carried unread", () => {
    const model = editModel((_, graph) => {
      let type = create(TypeProtoSchema);
      for (let level = 0; level < 200; level++)
        type = create(TypeProtoSchema, { value: { case: "sequenceType", value: create(TypeProto_SequenceSchema, { elemType: type }) } });
      graph.input[1]!.type = type;
    });
    expect(writeModel(readModel({ model })).model).toEqual(model);
  });

  const empty: readonly (readonly [string, number])[] = [
    ["nodes", 1],
    ["initializers", 5],
    ["fields that no release knows", 15],
  ];
  it.each(empty)("stop a file of nothing but empty %s before they are made", (_, number) => {
    const graph = new Uint8Array(2 * (maximumParts + 1));
    for (let index = 0; index < graph.length; index += 2) graph[index] = number * 8 + 2;
    const before = process.memoryUsage().heapUsed;
    expect(() => readModel({ model: message(7, graph) })).toThrow(refusal(new RegExp(`more than ${maximumParts} parts`)));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
  });

  it("stop a node of nothing but empty names before they are made", () => {
    const node = new Uint8Array(2 * (maximumParts + 1));
    for (let index = 0; index < node.length; index += 2) node[index] = 0x0a;
    expect(() => readModel({ model: message(7, message(1, node)) })).toThrow(refusal(new RegExp(`more than ${maximumParts} parts`)));
  });

  it("stop a file of nothing but small numbers before they are made", () => {
    const tensor = message(1, new Uint8Array(maximumListedNumbers + 1));
    const model = message(7, message(5, tensor));
    expect(() => readModel({ model })).toThrow(refusal(new RegExp(`more than ${maximumListedNumbers} numbers in lists`)));
  });

  it("refuse a field in another form than ONNX gives it", () => {
    const bytes = Uint8Array.of(0x0a, 1, 8); // ir_version as bytes
    expect(() => readModel({ model: bytes })).toThrow(refusal(/holds field ir_version in a form that ONNX does not give it, at byte 0/));
  });

  it("refuse a part that is longer than what is around it", () => {
    const model = message(7, Uint8Array.of(0x0a, 100, ...new Uint8Array(3)));
    const padded = Uint8Array.of(...model, ...message(14, new Uint8Array(200)));
    expect(() => readModel({ model: padded })).toThrow(refusal(/The model is damaged: graph ends at byte \d+ where its content needs \d+/));
  });

  it("refuse a list of half a number", () => {
    const dims = message(1, Uint8Array.of(2, 0x80));
    expect(() => readModel({ model: message(7, message(5, dims)) })).toThrow(refusal(/graph\.initializer holds a list dims that ends within a number/));
    const tensor = message(4, new Uint8Array(7)); // float_data
    expect(() => readModel({ model: message(7, message(5, tensor)) })).toThrow(
      refusal(/graph\.initializer holds a list float_data of 7 bytes, which is no multiple of 4/),
    );
  });
});

/** One field of bytes. */
function message(number: number, content: Uint8Array): Uint8Array {
  const header: number[] = [number * 8 + 2];
  for (let length = content.length; ; length = Math.floor(length / 128)) {
    if (length < 128) {
      header.push(length);
      break;
    }
    header.push((length % 128) + 128);
  }
  const bytes = new Uint8Array(header.length + content.length);
  bytes.set(header);
  bytes.set(content, header.length);
  return bytes;
}
