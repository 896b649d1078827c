import type { Graph, Model } from "@halftone/core";

/**
 * The file that a reduced build of the runtime reads (`--include_ops_by_config`): a line for each operator set with the
 * operators that kernels are needed for. Several graphs are the forms that a model may take when it is loaded.
 *
 * Source: ONNX Runtime documentation, Reduced operator config file.
 */
export function requiredOperators(models: readonly Model[]): string {
  const sets = new Map<string, Set<string>>();
  for (const { graph, opsets } of models) collect(graph, opsets, sets);
  const lines = [...sets].map(([key, names]) => `${key};${[...names].sort().join(",")}`).sort();
  return `# domain;operator set;operators\n${lines.join("\n")}\n`;
}

function collect(graph: Graph, opsets: ReadonlyMap<string, number>, sets: Map<string, Set<string>>): void {
  for (const node of graph.nodes) {
    const key = `${node.domain || "ai.onnx"};${opsets.get(node.domain) ?? 1}`;
    sets.set(key, (sets.get(key) ?? new Set()).add(node.op));
    for (const subgraph of node.subgraphs) collect(subgraph, opsets, sets);
  }
}
