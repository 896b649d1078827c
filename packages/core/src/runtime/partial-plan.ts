import { computesOnGrid, mergeGrids, staysOnGrid } from "../plan/index.ts";
import type { GraphView, NodeDecision, NodeView, PartialPlan, Placement, QuantPlan, Target } from "../spec/index.ts";

const products = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

/** The network with these encodings and no others: nodes are what the placement says where their tensors have one, and float elsewhere. */
export function planFromPart(graph: GraphView, placement: Placement, target: Target, part: PartialPlan): QuantPlan {
  const encodings = part.encodings ?? {};
  const operands = part.operands ?? {};
  const weights = new Set(placement.weights.map(({ tensor }) => tensor));
  const stored = new Set(placement.activations.flatMap(({ tensors }) => tensors));
  const isEncoded = (name: string): boolean => !(stored.has(name) || weights.has(name)) || name in encodings;
  const isReady = (node: NodeView): boolean => {
    const read = node.inputs.flatMap((value) => value?.name ?? []);
    if (products.has(node.op)) return read.every((name) => name in operands || isEncoded(name));
    return [...read, ...node.outputs.flatMap((value) => value?.name ?? [])].every(isEncoded);
  };
  const nodes = new Map<string, NodeDecision>();
  for (const node of graph.nodes) {
    const decision = placement.nodes[node.name] ?? { mode: "float", reason: "not of the network" };
    const absorbed = decision.mode === "absorbed" && node.inputs.some((value) => value?.producer && isPlanned(nodes.get(value.producer.name)));
    const kept = absorbed || (staysOnGrid(decision) && isReady(node));
    nodes.set(node.name, kept || decision.mode === "float" ? decision : { mode: "float", reason: "not in this part of the plan" });
  }
  return { version: 1, model: "", method: "", target: target.name, skipped: {}, nodes: Object.fromEntries(nodes), ...part, encodings };
}

/** The part with grids merged as in a whole plan, so that what is observed was rounded as it will be. `graph` is that of the network. */
export function mergePart(graph: GraphView, placement: Placement, target: Target, part: PartialPlan): PartialPlan {
  const { encodings, operands } = mergeGrids(graph, placement, planFromPart(graph, placement, target, part), target);
  return { ...part, encodings, ...(operands && { operands }) };
}

function isPlanned(decision: NodeDecision | undefined): boolean {
  return computesOnGrid(decision) || decision?.mode === "absorbed";
}
