import { create, type DescMessage, type Message, type MessageShape } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  AttributeProto_AttributeType as Type,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Attribute, Constant, Graph, Node, Value } from "../ir/index.ts";
import { dataTypeOf } from "./dtype.ts";

/** Called for each tensor written; may move its content into a side file. */
export type PlaceTensor = (tensor: TensorProto, content: Constant) => void;

/** The wire form of a graph: nodes in topological order, fields that were read and not understood carried over. */
export function writeGraph(graph: Graph, place: PlaceTensor): GraphProto {
  const proto = carry(GraphProtoSchema, graph.origin, ["docString", "sparseInitializer", "quantizationAnnotation", "metadataProps"]);
  proto.name = graph.name;
  proto.node = graph.nodes.map((node) => writeNode(node, place));
  proto.initializer = graph.initializers.map((value) => writeTensor(value.name, value.content!, place));
  proto.input = graph.inputs.map(writeValueInfo);
  proto.output = graph.outputs.map(writeValueInfo);
  proto.valueInfo = [...graph.values].filter((value) => value.producer && !value.isOutput && (value.dtype || value.origin)).map(writeValueInfo);
  return proto;
}

function writeNode(node: Node, place: PlaceTensor): NodeProto {
  const proto = carry(NodeProtoSchema, node.origin, ["docString", "overload", "metadataProps", "deviceConfigurations"]);
  proto.name = node.name;
  proto.opType = node.op;
  proto.domain = node.domain;
  proto.input = node.inputs.map((value) => value?.name ?? "");
  proto.output = node.outputs.map((value) => value?.name ?? "");
  proto.attribute = [...node.attributes].map(([name, attribute]) => writeAttribute(name, attribute, place));
  return proto;
}

function writeAttribute(name: string, attribute: Attribute, place: PlaceTensor): AttributeProto {
  switch (attribute.kind) {
    case "int":
      return create(AttributeProtoSchema, { name, type: Type.INT, i: attribute.value });
    case "float":
      return create(AttributeProtoSchema, { name, type: Type.FLOAT, f: attribute.value });
    case "string":
      return create(AttributeProtoSchema, { name, type: Type.STRING, s: attribute.value as Uint8Array<ArrayBuffer> });
    case "ints":
      return create(AttributeProtoSchema, { name, type: Type.INTS, ints: [...attribute.value] });
    case "floats":
      return create(AttributeProtoSchema, { name, type: Type.FLOATS, floats: [...attribute.value] });
    case "strings":
      return create(AttributeProtoSchema, { name, type: Type.STRINGS, strings: [...attribute.value] as Uint8Array<ArrayBuffer>[] });
    case "tensor":
      return create(AttributeProtoSchema, { name, type: Type.TENSOR, t: writeTensor("", attribute.value, place) });
    case "graph":
      return create(AttributeProtoSchema, { name, type: Type.GRAPH, g: writeGraph(attribute.value, place) });
    case "graphs":
      return create(AttributeProtoSchema, { name, type: Type.GRAPHS, graphs: attribute.value.map((graph) => writeGraph(graph, place)) });
    case "opaque":
      return attribute.value as AttributeProto;
    default:
      return attribute satisfies never;
  }
}

function writeTensor(name: string, content: Constant, place: PlaceTensor): TensorProto {
  const proto = create(TensorProtoSchema, { name, dims: content.shape.map(BigInt), dataType: dataTypeOf(content.dtype) });
  const tensor = content.dtype === "string" ? content.tensor() : undefined;
  if (tensor) proto.stringData = (tensor.data as readonly string[]).map((text) => new TextEncoder().encode(text));
  else place(proto, content);
  return proto;
}

function writeValueInfo(value: Value): ValueInfoProto {
  const proto = carry(ValueInfoProtoSchema, value.origin, ["docString", "metadataProps", "type"]);
  proto.name = value.name;
  if (!value.dtype || (proto.type && proto.type.value.case !== "tensorType")) return proto;
  const dim = value.shape?.map((dimension) => {
    if (typeof dimension === "number") return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dimension) } });
    return create(TensorShapeProto_DimensionSchema, dimension === "" ? {} : { value: { case: "dimParam", value: dimension } });
  });
  const shape = dim && { shape: create(TensorShapeProtoSchema, { dim }) };
  const tensorType = create(TypeProto_TensorSchema, { elemType: dataTypeOf(value.dtype), ...shape });
  proto.type = create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType }, denotation: proto.type?.denotation ?? "" });
  return proto;
}

/** A new message with the named fields, and those unknown to this release, of the message that was read. */
export function carry<Schema extends DescMessage>(schema: Schema, origin: unknown, fields: readonly (keyof MessageShape<Schema>)[]): MessageShape<Schema> {
  const message = create(schema);
  const read = origin as MessageShape<Schema> | undefined;
  if (!read || (read as Message).$typeName !== schema.typeName) return message;
  for (const field of fields) message[field] = read[field];
  if (read.$unknown) message.$unknown = read.$unknown;
  return message;
}
