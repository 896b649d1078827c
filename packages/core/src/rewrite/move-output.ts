import type { Graph, Value } from "../ir/index.ts";

/** The graph's output keeps its name: the dequantized value takes it over. */
export function moveOutput(graph: Graph, value: Value, dequantized: Value): void {
  const name = value.name;
  const index = graph.outputs.indexOf(value);
  graph.setOutput(index, dequantized);
  graph.rename(value, graph.freshName(`${name}_computed`));
  graph.rename(dequantized, name);
}
