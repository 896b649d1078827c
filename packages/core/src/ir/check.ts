import { QuantError } from "../spec/index.ts";
import type { Graph, Node, Value } from "./graph.ts";

/** The invariants of the graph, run after every pass in tests. @throws `internal` naming what is wrong. */
export function checkGraph(graph: Graph): void {
  for (const value of graph.values) checkValue(graph, value);
  for (const node of graph.nodes) checkNode(graph, node);
  for (const value of [...graph.inputs, ...graph.outputs]) {
    if (value.graph === graph && graph.value(value.name) !== value) fail(`Graph ${graph.name}: ${value.name} is not registered under its name.`);
  }
  for (const output of graph.outputs) {
    if (output.graph === graph && !output.producer && !output.content && !output.isInput) fail(`Graph output ${output.name} has no producer.`);
  }
}

function checkValue(graph: Graph, value: Value): void {
  if (value.graph !== graph || graph.value(value.name) !== value) fail(`Value ${value.name} is not registered in graph ${graph.name}.`);
  if (value.producer && !value.producer.outputs.includes(value)) fail(`Value ${value.name} names ${value.producer.name} as producer, which does not list it.`);
  if (value.producer && graph.node(value.producer.name) !== value.producer)
    fail(`Value ${value.name} is produced by ${value.producer.name}, which was removed.`);
  if (value.producer && value.content) fail(`Value ${value.name} is an initializer and has a producer.`);
  if (!value.producer && !value.content && !value.isInput && value.consumers.length > 0) fail(`Value ${value.name} is read but nothing produces it.`);
  for (const use of value.consumers) {
    if (use.node.inputs[use.input] !== value) fail(`Value ${value.name} lists input ${use.input} of ${use.node.name} as a use, which reads something else.`);
    if (use.node.graph.node(use.node.name) !== use.node) fail(`Value ${value.name} is read by ${use.node.name}, which was removed.`);
  }
}

function checkNode(graph: Graph, node: Node): void {
  if (graph.node(node.name) !== node) fail(`Node ${node.name} is not registered under its name.`);
  node.inputs.forEach((value, input) => {
    if (!value) return;
    const uses = value.consumers.filter((use) => use.node === node && use.input === input).length;
    if (uses !== 1) fail(`Input ${input} of ${node.name} reads ${value.name}, which lists that use ${uses} times.`);
  });
  for (const output of node.outputs) if (output && output.producer !== node) fail(`Output ${output.name} of ${node.name} names another producer.`);
  for (const subgraph of node.subgraphs) {
    if (subgraph.parent !== node) fail(`A subgraph of ${node.name} names another parent.`);
    checkGraph(subgraph);
  }
}

function fail(message: string): never {
  throw new QuantError("internal", message);
}
