import { type Attribute, graphsOfAttribute } from "./attribute.ts";
import { Graph } from "./graph.ts";
import type { Model } from "./model.ts";
import type { Value } from "./value.ts";

/** A model that can be changed without touching the original; weights are shared. */
export function cloneModel(model: Model): Model {
  return { ...model, opsets: new Map(model.opsets), metadata: new Map(model.metadata), graph: cloneGraph(model.graph, new Map()) };
}

/** `twins` maps values of the original, those of enclosing graphs included, to their copies. */
function cloneGraph(graph: Graph, twins: Map<Value, Value>, enclosing?: Graph): Graph {
  const copy = new Graph(graph.name, enclosing);
  copy.origin = graph.origin;
  for (const value of graph.values) twins.set(value, cloneValue(value, copy));
  for (const input of graph.inputs) copy.addInput(input.name);
  const nodes = graph.unordered.map((node) => {
    const outputs = node.outputs.map((value) => value?.name ?? "");
    const twin = copy.addNode(node.op, [], { name: node.name, domain: node.domain, outputs });
    twin.origin = node.origin;
    return { node, twin };
  });
  for (const { node, twin } of nodes) {
    twin.setInputs(node.inputs.map((value) => value && twins.get(value)!));
    for (const [name, attribute] of node.attributes) twin.setAttribute(name, cloneAttribute(attribute, twins, copy));
  }
  for (const output of graph.outputs) copy.addOutput(twins.get(output)!);
  return copy;
}

function cloneValue(value: Value, graph: Graph): Value {
  const twin = graph.addValue(value.name);
  twin.dtype = value.dtype;
  twin.shape = value.shape;
  twin.origin = value.origin;
  if (value.content) twin.content = value.content;
  return twin;
}

function cloneAttribute(attribute: Attribute, twins: Map<Value, Value>, graph: Graph): Attribute {
  const subgraphs = graphsOfAttribute(attribute).map((subgraph) => cloneGraph(subgraph, twins, graph));
  if (attribute.kind === "graph") return { ...attribute, value: subgraphs[0]! };
  return attribute.kind === "graphs" ? { ...attribute, value: subgraphs } : attribute;
}
