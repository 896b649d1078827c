import { QuantError } from "../spec/index.ts";
import type { Node } from "./node.ts";

/** Stable topological order: a node moves only when it stands before something it reads. */
export function topologicalOrder(nodes: readonly Node[]): readonly Node[] {
  const state = new Map<Node, "open" | "done">();
  const own = new Set(nodes);
  const order: Node[] = [];
  for (const root of nodes) visit(root);
  return order;

  // Iterative: real models are thousands of nodes deep.
  function visit(root: Node): void {
    if (state.has(root)) return;
    const stack: { readonly node: Node; readonly dependencies: Iterator<Node> }[] = [open(root)];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const next = top.dependencies.next();
      if (next.done) {
        stack.pop();
        state.set(top.node, "done");
        order.push(top.node);
        continue;
      }
      const dependency = next.value;
      if (!own.has(dependency) || state.get(dependency) === "done") continue;
      if (state.get(dependency) === "open") {
        throw new QuantError("invalid-model", `The graph has a cycle through node ${dependency.name} (${dependency.op}); an ONNX graph must be acyclic.`, {
          details: { node: dependency.name },
        });
      }
      stack.push(open(dependency));
    }
  }

  function open(node: Node) {
    state.set(node, "open");
    return { node, dependencies: dependenciesOf(node)[Symbol.iterator]() };
  }
}

/** Producers of everything the node reads, its subgraphs included. */
function dependenciesOf(node: Node, found: Node[] = []): Node[] {
  for (const value of node.inputs) if (value?.producer) found.push(value.producer);
  // Insertion order is enough inside: a subgraph's own order is checked when it is read.
  for (const graph of node.subgraphs) for (const inner of graph.unordered) dependenciesOf(inner, found);
  return found;
}
