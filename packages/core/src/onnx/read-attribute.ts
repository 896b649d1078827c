import type { Attribute, Graph } from "../ir/index.ts";
import { keep } from "./carry.ts";
import { readTensor } from "./read-tensor.ts";
import { attributeType as type } from "./wire/codes.ts";
import type { AttributeProto, GraphProto } from "./wire/messages.ts";

/** Attributes that the graph has no form for (sparse tensors, types, references to a function's attributes) are carried whole. */
export function readAttribute(proto: AttributeProto, where: string, readSubgraph: (proto: GraphProto) => Graph): Attribute {
  const origin = keep(proto);
  const kept = origin && { origin };
  if (proto.refAttrName) return { kind: "opaque", value: proto };
  switch (typeOf(proto)) {
    case type.int:
      return { kind: "int", value: proto.i ?? 0n, ...kept };
    case type.float:
      return { kind: "float", value: proto.f ?? 0, ...kept };
    case type.string:
      return { kind: "string", value: proto.s ?? new Uint8Array(0), ...kept };
    case type.ints:
      return { kind: "ints", value: proto.ints, ...kept };
    case type.floats:
      return { kind: "floats", value: proto.floats, ...kept };
    case type.strings:
      return { kind: "strings", value: proto.strings, ...kept };
    case type.tensor:
      return proto.t ? { kind: "tensor", value: readTensor(proto.t, where), ...kept } : { kind: "opaque", value: proto };
    case type.graph:
      return proto.g ? { kind: "graph", value: readSubgraph(proto.g), ...kept } : { kind: "opaque", value: proto };
    case type.graphs:
      return { kind: "graphs", value: proto.graphs.map(readSubgraph), ...kept };
    default:
      return { kind: "opaque", value: proto };
  }
}

const fieldsOfTypes = [
  ["f", type.float],
  ["i", type.int],
  ["s", type.string],
  ["t", type.tensor],
  ["g", type.graph],
  ["floats", type.floats],
  ["ints", type.ints],
  ["strings", type.strings],
  ["graphs", type.graphs],
] as const;

/** Models of IR version 1 name no type: the one field that is set tells it. */
function typeOf(proto: AttributeProto): number {
  if (proto.type !== undefined) return proto.type;
  const set = fieldsOfTypes.filter(([name]) => {
    const content = proto[name];
    return Array.isArray(content) ? content.length > 0 : content !== undefined;
  });
  return set.length === 1 ? set[0]![1] : type.undefined;
}
