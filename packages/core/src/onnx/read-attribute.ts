import { isFieldSet } from "@bufbuild/protobuf";
import { type AttributeProto, AttributeProtoSchema, type GraphProto, AttributeProto_AttributeType as Type } from "onnx-buf";
import type { Attribute, Graph } from "../ir/index.ts";
import { carriers, keep } from "./carry.ts";
import { readTensor } from "./read-tensor.ts";

/** Attributes that the graph has no form for (sparse tensors, types, references to a function's attributes) are carried whole. */
export function readAttribute(proto: AttributeProto, where: string, readSubgraph: (proto: GraphProto) => Graph): Attribute {
  const origin = keep(carriers.attribute, proto);
  const kept = origin && { origin };
  if (proto.refAttrName !== "") return { kind: "opaque", value: proto };
  switch (typeOf(proto)) {
    case Type.INT:
      return { kind: "int", value: proto.i, ...kept };
    case Type.FLOAT:
      return { kind: "float", value: proto.f, ...kept };
    case Type.STRING:
      return { kind: "string", value: proto.s, ...kept };
    case Type.INTS:
      return { kind: "ints", value: proto.ints, ...kept };
    case Type.FLOATS:
      return { kind: "floats", value: proto.floats, ...kept };
    case Type.STRINGS:
      return { kind: "strings", value: proto.strings, ...kept };
    case Type.TENSOR:
      return proto.t ? { kind: "tensor", value: readTensor(proto.t, where), ...kept } : { kind: "opaque", value: proto };
    case Type.GRAPH:
      return proto.g ? { kind: "graph", value: readSubgraph(proto.g), ...kept } : { kind: "opaque", value: proto };
    case Type.GRAPHS:
      return { kind: "graphs", value: proto.graphs.map(readSubgraph), ...kept };
    default:
      return { kind: "opaque", value: proto };
  }
}

const fieldOfType = [
  ["f", Type.FLOAT],
  ["i", Type.INT],
  ["s", Type.STRING],
  ["t", Type.TENSOR],
  ["g", Type.GRAPH],
  ["floats", Type.FLOATS],
  ["ints", Type.INTS],
  ["strings", Type.STRINGS],
  ["graphs", Type.GRAPHS],
] as const;

/** Models of IR version 1 name no type: the one field that is set tells it. A type newer than this release is kept as unknown field 20. */
function typeOf(proto: AttributeProto): Type {
  const typeField = AttributeProtoSchema.field["type"]!;
  if (isFieldSet(proto, typeField) || proto.$unknown?.some((field) => field.no === typeField.number)) return proto.type;
  const set = fieldOfType.filter(([name]) => isFieldSet(proto, AttributeProtoSchema.field[name]!));
  return set.length === 1 ? set[0]![1] : Type.UNDEFINED;
}
