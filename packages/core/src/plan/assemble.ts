import type { GraphView, MethodPlan, Placement, QuantPlan, Target } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { demoteNodes } from "./demote.ts";
import { guardBiases } from "./guard-bias.ts";
import { computesOnGrid } from "./modes.ts";

export interface AssembleOptions {
  readonly graph: GraphView;
  readonly placement: Placement;
  readonly methodPlan: MethodPlan;
  readonly target: Target;
  readonly method: string;
  /** SHA-256 (hex) of the original model bytes. */
  readonly model: string;
}

/** The method's encodings, checked against the target and the biases, as a plan. @throws `nothing-quantized`. */
export function assemblePlan({ graph, placement, methodPlan, target, method, model }: AssembleOptions): QuantPlan {
  const nodes = demoteNodes(graph, placement, methodPlan, target);
  if (!Object.values(nodes).some(computesOnGrid)) {
    const skipped = Object.fromEntries(Object.entries(nodes).map(([name, decision]) => [name, "reason" in decision ? decision.reason : decision.mode]));
    const first = Object.entries(skipped)[0];
    throw new QuantError(
      "nothing-quantized",
      `No node of ${Object.keys(nodes).length} can run on integers on ${target.name}${first ? ` (${first[0]}: ${first[1]}; details.skipped tells the rest)` : ""}.`,
      { details: { skipped } },
    );
  }
  const encodings = guardBiases(graph, nodes, methodPlan.encodings);
  return { version: 1, model, method, target: target.name, encodings: usedEncodings(graph, placement, nodes, encodings), nodes, skipped: methodPlan.skipped };
}

/** Drops encodings that no integer node reads or writes any more. */
function usedEncodings(graph: GraphView, placement: Placement, nodes: QuantPlan["nodes"], encodings: QuantPlan["encodings"]): QuantPlan["encodings"] {
  const planned = new Set([...placement.activations.flatMap((site) => site.tensors), ...placement.weights.map((site) => site.tensor)]);
  const used = new Set<string>();
  for (const node of graph.nodes) {
    if (nodes[node.name]!.mode === "float") continue;
    for (const value of [...node.inputs, ...node.outputs]) if (value && planned.has(value.name)) used.add(value.name);
  }
  return Object.fromEntries(Object.entries(encodings).filter(([tensor]) => used.has(tensor)));
}
