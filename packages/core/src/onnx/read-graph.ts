import { Graph, type Node, type Value } from "../ir/index.ts";
import { QuantError } from "../spec/index.ts";
import { keep } from "./carry.ts";
import { readAttribute } from "./read-attribute.ts";
import { readTensor } from "./read-tensor.ts";
import { readValueInfo } from "./value-info.ts";
import { attributeType } from "./wire/codes.ts";
import { create, type GraphProto, type NodeProto, type SparseTensorProto, type ValueInfoProto } from "./wire/messages.ts";

/** A name for a node that has none, from its operator. */
export type NameNode = (op: string) => string;

/** Fills an empty graph from its wire form. Inputs are linked after all nodes exist: order in the file is not trusted. */
export function readGraph(proto: GraphProto, graph: Graph, nameNode: NameNode): Graph {
  graph.origin = keep(proto);
  for (const info of proto.input) readInput(info, graph);
  for (const tensor of proto.initializer) {
    const { name = "" } = tensor;
    const value = graph.value(name) ?? addValue(graph, name, "an initializer");
    if (value.content) throw invalid(`Initializer ${name} is defined twice; export the model again`, { tensor: name });
    value.content = readTensor(tensor, `Initializer ${name}`);
  }
  for (const sparse of proto.sparseInitializer) addSparse(sparse, graph);
  const nodes = proto.node.map((node) => ({ proto: node, node: addNode(node, graph, nameNode) }));
  for (const { proto, node } of nodes) {
    node.setInputs(proto.input.map((name, index) => inputOf(node, name, index)));
    addAttributes(proto, node, nameNode);
  }
  for (const info of proto.valueInfo) {
    const value = graph.value(info.name ?? "");
    if (value && !value.isInput) readValueInfo(info, value);
  }
  for (const info of proto.output) graph.addOutput(outputOf(graph, info, nameNode));
  return graph;
}

function readInput(info: ValueInfoProto, graph: Graph): void {
  const { name = "" } = info;
  if (graph.value(name)) throw invalid(`Graph input ${name} is listed twice; export the model again`, { value: name });
  addValue(graph, name, "an input");
  readValueInfo(info, graph.addInput(name));
}

function addValue(graph: Graph, name: string, what: string): Value {
  if (name === "") throw invalid(`Graph ${graph.name} has ${what} without a name; export the model again`, { graph: graph.name });
  return graph.addValue(name);
}

/** Held as the Constant node it is short for; the writer turns it back. */
function addSparse(sparse: SparseTensorProto, graph: Graph): void {
  const name = sparse.values?.name ?? "";
  if (graph.value(name)) throw invalid(`Sparse initializer ${name} is defined elsewhere too; export the model again`, { tensor: name });
  addValue(graph, name, "a sparse initializer");
  const attribute = create("AttributeProto", { name: "sparse_value", type: attributeType.sparseTensor, sparseTensor: sparse });
  const node = graph.addNode("Constant", [], { name: `${name}_sparse`, outputs: [name], attributes: { sparse_value: { kind: "opaque", value: attribute } } });
  node.origin = sparse;
}

function addNode(proto: NodeProto, graph: Graph, nameNode: NameNode): Node {
  const { name = "", opType = "", domain = "" } = proto;
  const what = `Node ${name || "(unnamed)"} (${opType})`;
  if (opType === "") throw invalid(`${what} names no operator; export the model again`, { node: name });
  const outputs = proto.output.filter((name) => name !== "");
  const doubled = outputs.find((name, index) => graph.value(name) || outputs.indexOf(name) !== index);
  if (doubled !== undefined) {
    throw invalid(`${what} produces value ${doubled}, which is defined elsewhere too; each value has one producer: export the model again`, {
      node: name,
      value: doubled,
    });
  }
  const standard = domain === "ai.onnx" ? "" : domain;
  const node = graph.addNode(opType, [], { name: name || nameNode(opType), domain: standard, outputs: proto.output });
  node.origin = keep(proto);
  return node;
}

function addAttributes(proto: NodeProto, node: Node, nameNode: NameNode): void {
  for (const attribute of proto.attribute) {
    const { name = "" } = attribute;
    const where = `Attribute ${name} of node ${node.name} (${node.op})`;
    if (node.attributes.has(name)) throw invalid(`${where} is listed twice; export the model again`, { node: node.name });
    node.setAttribute(
      name,
      readAttribute(attribute, where, (inner) => readGraph(inner, new Graph(inner.name ?? "", node.graph), nameNode)),
    );
  }
}

function inputOf(node: Node, name: string, index: number): Value | undefined {
  if (name === "") return undefined;
  const value = node.graph.resolve(name);
  if (value) return value;
  throw invalid(`Node ${node.name} (${node.op}) reads value ${name} (input ${index}), which nothing produces; export the model again`, {
    node: node.name,
    value: name,
  });
}

/** A subgraph that answers with a value from outside gets an Identity: runtimes want it, and every graph then owns its outputs. */
function outputOf(graph: Graph, info: ValueInfoProto, nameNode: NameNode): Value {
  const { name = "" } = info;
  const value = graph.resolve(name);
  if (!value) throw invalid(`Graph output ${name} is produced by no node; export the model again`, { value: name });
  const output = value.graph === graph ? value : graph.addNode("Identity", [value], { name: nameNode("Identity") }).outputs[0]!;
  if (!output.isInput) readValueInfo(info, output);
  return output;
}

function invalid(message: string, details: Readonly<Record<string, string>>): QuantError {
  return new QuantError("invalid-model", `${message}.`, { details });
}
