import type { OperandSite, PlanContext } from "@halftone/core";

/** Whether anything but products reads what the operand is stored as: the tensor, or one that shares its grid. */
export function isReadByOthers({ graph, placement }: Pick<PlanContext, "graph" | "placement">, { tensor }: OperandSite): boolean {
  const products = new Set(placement.operands.flatMap(({ nodes }) => nodes));
  const stored = placement.activations.find(({ tensors }) => tensors.includes(tensor))?.tensors ?? [tensor];
  return stored.some((name) => {
    const value = graph.value(name)!;
    return value.isOutput || value.consumers.some(({ node }) => !products.has(node.name) && placement.nodes[node.name]?.mode !== "pass-through");
  });
}
