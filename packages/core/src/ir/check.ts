import { QuantError } from "../spec/index.ts";
import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";
import type { Value } from "./value.ts";

/** The invariants of the graph and its subgraphs, run after every pass in tests. @throws `internal` naming what is wrong. */
export function checkGraph(graph: Graph): void {
  checkWithin(graph, new Map());
}

function checkWithin(graph: Graph, owners: Map<string, Node>): void {
  checkInterface(graph);
  for (const value of graph.values) checkValue(graph, value);
  for (const node of graph.nodes) checkNode(graph, node, owners);
}

function checkInterface(graph: Graph): void {
  const { inputs, outputs } = graph;
  for (const value of [...inputs, ...outputs]) {
    if (value.graph !== graph || graph.value(value.name) !== value) fail(`Graph ${graph.name} lists ${value.name}, which is no value of it.`);
  }
  for (const input of inputs) {
    if (!input.isInput || inputs.indexOf(input) !== inputs.lastIndexOf(input)) fail(`Input ${input.name} is listed twice or does not know that it is one.`);
    if (input.producer) fail(`Input ${input.name} is produced by ${input.producer.name}.`);
  }
  for (const output of outputs) {
    if (!output.producer && !output.content && !output.isInput) fail(`Graph output ${output.name} has no producer.`);
  }
}

function checkValue(graph: Graph, value: Value): void {
  const { name, producer, content, consumers } = value;
  if (value.graph !== graph || graph.value(name) !== value) fail(`Value ${name} is not registered in graph ${graph.name}.`);
  if (value.isInput && !graph.inputs.includes(value)) fail(`Value ${name} takes itself for an input.`);
  if (value._timesOutput !== graph.outputs.filter((output) => output === value).length) fail(`Value ${name} miscounts how often it is an output.`);
  if (producer && graph.node(producer.name) !== producer) fail(`Value ${name} is produced by ${producer.name}, which was removed.`);
  if (producer && producer.outputs[value._output] !== value) fail(`Value ${name} names ${producer.name} as producer, which does not list it.`);
  if (producer && content) fail(`Value ${name} is an initializer and has a producer.`);
  if (!producer && !content && !value.isInput && consumers.length > 0) fail(`Value ${name} is read but nothing produces it.`);
  for (const use of consumers) {
    if (use.node.graph.node(use.node.name) !== use.node) fail(`Value ${name} is read by ${use.node.name}, which was removed.`);
    if (!isAttached(use.node.graph, graph)) fail(`Value ${name} is read by ${use.node.name}, whose subgraph was removed.`);
    if (use.node.inputs[use.input] !== value) fail(`Value ${name} lists input ${use.input} of ${use.node.name} as a use, which reads something else.`);
  }
}

/** Whether a subgraph still hangs, node by node, in the graph around it. */
function isAttached(inner: Graph, outer: Graph): boolean {
  if (inner === outer) return true;
  const { parent, enclosing } = inner;
  return (
    parent !== undefined &&
    enclosing !== undefined &&
    enclosing.node(parent.name) === parent &&
    parent.subgraphs.includes(inner) &&
    isAttached(enclosing, outer)
  );
}

function checkNode(graph: Graph, node: Node, owners: Map<string, Node>): void {
  if (node.graph !== graph || graph.node(node.name) !== node) fail(`Node ${node.name} is not registered under its name.`);
  if (owners.has(node.name)) fail(`Two nodes of the model are called ${node.name}.`);
  owners.set(node.name, node);
  if (node.inputs.length > 0 && !node.inputs.at(-1)) fail(`Node ${node.name} ends with an omitted input.`);
  node.inputs.forEach((value, input) => {
    if (value) checkInput(node, value, input);
  });
  node.outputs.forEach((output, index) => {
    if (output && (output.producer !== node || output._output !== index)) fail(`Output ${index} of ${node.name}, ${output.name}, names another producer.`);
    if (output && graph.value(output.name) !== output) fail(`Output ${output.name} of ${node.name} was removed.`);
  });
  for (const subgraph of node.subgraphs) {
    if (subgraph.parent !== node || subgraph.enclosing !== graph) fail(`A subgraph of ${node.name} names another parent.`);
    checkWithin(subgraph, owners);
  }
}

function checkInput(node: Node, value: Value, input: number): void {
  const uses = value.consumers.filter((use) => use.node === node && use.input === input).length;
  if (uses !== 1) fail(`Input ${input} of ${node.name} reads ${value.name}, which lists that use ${uses} times.`);
  // In the file a use is a name: it must find this value and no namesake further in.
  if (node.graph.resolve(value.name) !== value) fail(`Input ${input} of ${node.name} reads ${value.name}, whose name leads elsewhere from there.`);
}

function fail(message: string): never {
  throw new QuantError("internal", message);
}
