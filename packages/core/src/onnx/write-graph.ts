import { clone } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type SparseTensorProto,
  SparseTensorProtoSchema,
  type TensorProto,
  AttributeProto_AttributeType as Type,
} from "onnx-buf";
import type { Attribute, Constant, Graph, Node } from "../ir/index.ts";
import { carriers, carry } from "./carry.ts";
import { dataTypeOf } from "./dtype.ts";
import { writeValueInfo } from "./value-info.ts";

/** Called for each tensor written; may move its content into a side file. */
export type PlaceTensor = (tensor: TensorProto, bytes: Uint8Array) => void;

/** The wire form of a graph, nodes in topological order. */
export function writeGraph(graph: Graph, place: PlaceTensor): GraphProto {
  const proto = carry(carriers.graph, graph.origin);
  const isSparse = (node: Node): boolean => sparseOf(node) !== undefined;
  proto.name = graph.name;
  proto.node = graph.nodes.filter((node) => !isSparse(node)).map((node) => writeNode(node, place));
  proto.initializer = graph.initializers.map((value) => writeTensor(value.name, value.content!, place));
  proto.sparseInitializer = graph.nodes.filter(isSparse).map(writeSparse);
  proto.input = graph.inputs.map(writeValueInfo);
  proto.output = graph.outputs.map(writeValueInfo);
  proto.valueInfo = [...graph.values]
    .filter((value) => !value.isInput && !value.isOutput && (value.origin || (value.producer && value.dtype)))
    .map(writeValueInfo);
  return proto;
}

/** The sparse initializer that was read as this node. */
function sparseOf(node: Node): SparseTensorProto | undefined {
  const read = node.origin as SparseTensorProto | undefined;
  return read?.$typeName === SparseTensorProtoSchema.typeName ? read : undefined;
}

function writeSparse(node: Node): SparseTensorProto {
  const proto = clone(SparseTensorProtoSchema, sparseOf(node)!);
  proto.values!.name = node.outputs[0]!.name;
  return proto;
}

function writeNode(node: Node, place: PlaceTensor): NodeProto {
  const proto = carry(carriers.node, node.origin);
  proto.name = node.name;
  proto.opType = node.op;
  if (node.domain !== "") proto.domain = node.domain;
  proto.input = node.inputs.map((value) => value?.name ?? "");
  proto.output = node.outputs.map((value) => value?.name ?? "");
  proto.attribute = [...node.attributes].map(([name, attribute]) => writeAttribute(name, attribute, place));
  return proto;
}

function writeAttribute(name: string, attribute: Attribute, place: PlaceTensor): AttributeProto {
  if (attribute.kind === "opaque") return attribute.value as AttributeProto;
  const proto = carry(carriers.attribute, attribute.origin);
  return Object.assign(proto, { name }, contentOf(attribute, place));
}

function contentOf(attribute: Exclude<Attribute, { kind: "opaque" }>, place: PlaceTensor): Partial<AttributeProto> {
  switch (attribute.kind) {
    case "int":
      return { type: Type.INT, i: attribute.value };
    case "float":
      return { type: Type.FLOAT, f: attribute.value };
    case "string":
      return { type: Type.STRING, s: attribute.value as Uint8Array<ArrayBuffer> };
    case "ints":
      return { type: Type.INTS, ints: [...attribute.value] };
    case "floats":
      return { type: Type.FLOATS, floats: [...attribute.value] };
    case "strings":
      return { type: Type.STRINGS, strings: [...attribute.value] as Uint8Array<ArrayBuffer>[] };
    case "tensor":
      return { type: Type.TENSOR, t: writeTensor(undefined, attribute.value, place) };
    case "graph":
      return { type: Type.GRAPH, g: writeGraph(attribute.value, place) };
    case "graphs":
      return { type: Type.GRAPHS, graphs: attribute.value.map((graph) => writeGraph(graph, place)) };
    default:
      return attribute satisfies never;
  }
}

/** An initializer's name is its value's; a tensor of an attribute keeps the one it was read with. */
function writeTensor(name: string | undefined, content: Constant, place: PlaceTensor): TensorProto {
  const proto = carry(carriers.tensor, content.origin);
  if (name !== undefined) proto.name = name;
  proto.dims = content.shape.map(BigInt);
  proto.dataType = dataTypeOf(content.dtype);
  if (content.dtype !== "string") place(proto, content.bytes);
  else if (proto.stringData.length === 0) proto.stringData = (content.tensor().data as readonly string[]).map((text) => new TextEncoder().encode(text));
  return proto;
}
