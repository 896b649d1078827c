import type { Graph } from "./graph.ts";
import type { Node } from "./node.ts";

/**
 * Removes what nobody reads: nodes, then initializers, in subgraphs too. Inputs and outputs of the graph stay, and so
 * do the body inputs and outputs of control flow, whose number the operator counts on.
 */
export function pruneDead(graph: Graph): void {
  // Backwards: a node's readers, those in subgraphs of later nodes included, are judged before it.
  for (const node of [...graph.nodes].reverse()) {
    if (isDead(node)) graph.removeNode(node);
    else node.subgraphs.forEach(pruneDead);
  }
  for (const value of graph.initializers) {
    if (value.consumers.length === 0 && !value.isOutput && !value.isInput) graph.removeValue(value);
  }
}

function isDead(node: Node): boolean {
  return node.outputs.every((output) => !output || (output.consumers.length === 0 && !output.isOutput));
}
