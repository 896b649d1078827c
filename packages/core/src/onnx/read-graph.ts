import { type AttributeProto, type GraphProto, type NodeProto, AttributeProto_AttributeType as Type, type TypeProto, type ValueInfoProto } from "onnx-buf";
import { type Attribute, Graph, type Node, type Value } from "../ir/index.ts";
import type { Dimension } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { dtypeFrom } from "./dtype.ts";
import { type ExternalContent, readTensor } from "./read-tensor.ts";

/** Fills an empty graph from its wire form. Inputs are linked after all nodes exist: order in the file is not trusted. */
export function readGraph(proto: GraphProto, graph: Graph, external: ExternalContent): Graph {
  graph.origin = proto;
  for (const info of proto.input) describe(graph.addInput(info.name), info);
  for (const tensor of proto.initializer) {
    const value = graph.value(tensor.name) ?? graph.addValue(tensor.name);
    value.content = readTensor(tensor, external);
  }
  const nodes = proto.node.map((node) => ({ proto: node, node: addNode(graph, node) }));
  for (const entry of nodes) {
    entry.node.setInputs(entry.proto.input.map((name, index) => inputOf(graph, entry.node, name, index)));
    for (const attribute of entry.proto.attribute) entry.node.setAttribute(attribute.name, readAttribute(attribute, graph, external));
  }
  for (const info of proto.valueInfo) {
    const value = graph.value(info.name);
    if (value && !value.content) describe(value, info);
  }
  for (const info of proto.output) graph.addOutput(outputOf(graph, info));
  return graph;
}

function addNode(graph: Graph, proto: NodeProto): Node {
  for (const name of proto.output) {
    if (name !== "" && graph.value(name) && (graph.value(name)!.producer || graph.value(name)!.content || graph.value(name)!.isInput)) {
      throw new QuantError(
        "invalid-model",
        `Node ${proto.name} (${proto.opType}) produces value ${name}, which is defined elsewhere too; each value has one producer.`,
        {
          details: { node: proto.name, value: name },
        },
      );
    }
  }
  const node = graph.addNode(proto.opType, [], { name: proto.name, domain: proto.domain === "ai.onnx" ? "" : proto.domain, outputs: proto.output });
  node.origin = proto;
  return node;
}

function inputOf(graph: Graph, node: Node, name: string, index: number): Value | undefined {
  if (name === "") return undefined;
  const value = graph.resolve(name);
  if (value) return value;
  throw new QuantError(
    "invalid-model",
    `Node ${node.name} (${node.op}) reads value ${name} (input ${index}), which nothing produces; export the model again.`,
    {
      details: { node: node.name, value: name },
    },
  );
}

function outputOf(graph: Graph, info: ValueInfoProto): Value {
  const value = graph.resolve(info.name);
  if (!value) {
    throw new QuantError("invalid-model", `Graph output ${info.name} is produced by no node; export the model again.`, { details: { value: info.name } });
  }
  if (value.graph === graph) describe(value, info);
  return value;
}

function describe(value: Value, info: ValueInfoProto): void {
  value.origin = info;
  const type = info.type?.value;
  if (type?.case !== "tensorType") return;
  if (type.value.elemType !== 0) value.dtype = dtypeFrom(type.value.elemType, `Value ${value.name}`);
  value.shape = shapeOf(info.type!) ?? value.shape;
}

function shapeOf(type: TypeProto): readonly Dimension[] | undefined {
  if (type.value.case !== "tensorType") return undefined;
  return type.value.value.shape?.dim.map((dimension) => {
    if (dimension.value.case === "dimValue" && dimension.value.value >= 0n) return Number(dimension.value.value);
    return dimension.value.case === "dimParam" ? dimension.value.value : "";
  });
}

function readAttribute(proto: AttributeProto, graph: Graph, external: ExternalContent): Attribute {
  const subgraph = (inner: GraphProto): Graph => readGraph(inner, new Graph(inner.name, graph), external);
  switch (proto.type) {
    case Type.INT:
      return { kind: "int", value: proto.i };
    case Type.FLOAT:
      return { kind: "float", value: proto.f };
    case Type.STRING:
      return { kind: "string", value: proto.s };
    case Type.INTS:
      return { kind: "ints", value: proto.ints };
    case Type.FLOATS:
      return { kind: "floats", value: proto.floats };
    case Type.STRINGS:
      return { kind: "strings", value: proto.strings };
    case Type.TENSOR:
      return proto.t ? { kind: "tensor", value: readTensor(proto.t, external) } : { kind: "opaque", value: proto };
    case Type.GRAPH:
      return proto.g ? { kind: "graph", value: subgraph(proto.g) } : { kind: "opaque", value: proto };
    case Type.GRAPHS:
      return { kind: "graphs", value: proto.graphs.map(subgraph) };
    default:
      return { kind: "opaque", value: proto };
  }
}
