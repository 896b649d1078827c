import type { GraphView, Placement, QuantConfig, Target } from "../spec/index.ts";
import { decideNodes } from "./decide.ts";
import { operandSites } from "./operands.ts";
import { activationSites, weightSites } from "./sites.ts";

/** Decides where quantization applies. `units` maps node names to the unit they are part of. */
export function place(graph: GraphView, units: ReadonlyMap<string, string>, target: Target, config: QuantConfig): Placement {
  const decisions = decideNodes(graph, units, target, config);
  const activations = activationSites(graph, units, decisions, target, config);
  return {
    nodes: Object.fromEntries([...decisions].map(([node, decision]) => [node.name, decision])),
    activations,
    operands: operandSites(graph, decisions, activations, target, config),
    weights: weightSites(graph, decisions, target, config),
  };
}
