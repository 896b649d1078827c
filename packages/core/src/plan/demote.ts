import type { AffineEncoding, GraphView, MethodPlan, NodeDecision, Placement, Target, ValueView } from "../spec/index.ts";

/** Nodes that cannot be integer after all, because a tensor of theirs has no encoding or one the target refuses. */
export function demoteNodes(graph: GraphView, placement: Placement, methodPlan: MethodPlan, target: Target): Readonly<Record<string, NodeDecision>> {
  const decisions = new Map(Object.entries(placement.nodes));
  const planned = new Set([...placement.activations.flatMap((site) => site.tensors), ...placement.weights.map((site) => site.tensor)]);
  for (const node of graph.nodes) {
    const mode = decisions.get(node.name)?.mode;
    if (mode !== "integer" && mode !== "pass-through") continue;
    for (const value of [...node.inputs, ...node.outputs]) {
      if (!value || !planned.has(value.name)) continue;
      const reason = refusal(value, methodPlan);
      const encoding: AffineEncoding | undefined = methodPlan.encodings[value.name];
      const verdict = encoding ? target.supports(node, value.name, encoding) : undefined;
      if (reason) decisions.set(node.name, { mode: "float", reason });
      else if (verdict && !verdict.ok && decisions.get(node.name)!.mode !== "float") {
        decisions.set(node.name, { mode: wasAskedFor(encoding!, value, target) ? "emulated" : "float", reason: verdict.reason });
      }
    }
  }
  demoteAbsorbed(graph, decisions);
  return Object.fromEntries(decisions);
}

/** A type other than the target's own was somebody's wish: it is done, and called what it is. */
function wasAskedFor(encoding: AffineEncoding, value: ValueView, target: Target): boolean {
  return encoding.dtype !== (value.constant ? target.defaults.weights.dtype : target.defaults.activations.dtype) || encoding.block !== undefined;
}

function refusal(value: ValueView, methodPlan: MethodPlan): string | undefined {
  if (methodPlan.encodings[value.name]) return undefined;
  return `${value.name}: ${methodPlan.skipped[value.name] ?? "the method gave no encoding"}`;
}

function demoteAbsorbed(graph: GraphView, decisions: Map<string, NodeDecision>): void {
  for (const node of graph.nodes) {
    if (decisions.get(node.name)?.mode !== "absorbed") continue;
    const producers = node.inputs.flatMap((value) => value?.producer ?? []);
    if (producers.every((producer) => decisions.get(producer.name)?.mode === "float")) {
      decisions.set(node.name, { mode: "float", reason: `${node.op} whose producer stays in float` });
    }
  }
}
