import type { Attribute, Constant, Graph, Node } from "../ir/index.ts";
import { carry } from "./carry.ts";
import { dataTypeOf } from "./dtype.ts";
import { writeValueInfo } from "./value-info.ts";
import { attributeType as type } from "./wire/codes.ts";
import type { AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto } from "./wire/messages.ts";

/** Called for each tensor written; may move its content into a side file. */
export type PlaceTensor = (tensor: TensorProto, bytes: Uint8Array) => void;

/** The wire form of a graph, nodes in topological order. */
export function writeGraph(graph: Graph, place: PlaceTensor): GraphProto {
  const proto = carry("GraphProto", graph.origin);
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
  return read?.$name === "SparseTensorProto" ? read : undefined;
}

function writeSparse(node: Node): SparseTensorProto {
  const read = sparseOf(node)!;
  return { ...read, values: { ...read.values!, name: node.outputs[0]!.name } };
}

function writeNode(node: Node, place: PlaceTensor): NodeProto {
  const proto = carry("NodeProto", node.origin);
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
  const proto = carry("AttributeProto", attribute.origin);
  return Object.assign(proto, { name }, contentOf(attribute, place));
}

function contentOf(attribute: Exclude<Attribute, { kind: "opaque" }>, place: PlaceTensor): Partial<AttributeProto> {
  switch (attribute.kind) {
    case "int":
      return { type: type.int, i: attribute.value };
    case "float":
      return { type: type.float, f: attribute.value };
    case "string":
      return { type: type.string, s: attribute.value };
    case "ints":
      return { type: type.ints, ints: [...attribute.value] };
    case "floats":
      return { type: type.floats, floats: [...attribute.value] };
    case "strings":
      return { type: type.strings, strings: [...attribute.value] };
    case "tensor":
      return { type: type.tensor, t: writeTensor(undefined, attribute.value, place) };
    case "graph":
      return { type: type.graph, g: writeGraph(attribute.value, place) };
    case "graphs":
      return { type: type.graphs, graphs: attribute.value.map((graph) => writeGraph(graph, place)) };
    default:
      return attribute satisfies never;
  }
}

/** An initializer's name is its value's; a tensor of an attribute keeps the one it was read with. */
function writeTensor(name: string | undefined, content: Constant, place: PlaceTensor): TensorProto {
  const proto = carry("TensorProto", content.origin);
  if (name !== undefined) proto.name = name;
  proto.dims = content.shape.map(BigInt);
  proto.dataType = dataTypeOf(content.dtype);
  if (content.dtype !== "string") place(proto, content.bytes);
  else if (proto.stringData.length === 0) proto.stringData = (content.tensor().data as readonly string[]).map((text) => new TextEncoder().encode(text));
  return proto;
}
