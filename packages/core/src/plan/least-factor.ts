import type { MethodContext, OperandSite } from "../spec/index.ts";

const leastSharedFactor = 0.8;

/**
 * The least share of the scale of its extremes that a search which looks at products alone may give a tensor: 0, but 0.8 where the grid is the stored one and
 * anything else reads it as well (an operator that computes, or the user), which would see it clipped.
 */
export function leastFactorOf({ graph, placement }: Pick<MethodContext, "graph" | "placement">, { tensor, sharesGrid }: OperandSite): number {
  if (!sharesGrid) return 0;
  const products = new Set(placement.operands.flatMap(({ nodes }) => nodes));
  const stored = new Set(placement.activations.find(({ tensors }) => tensors.includes(tensor))?.tensors ?? [tensor]);
  const hasOtherReaders = (name: string): boolean => {
    const value = graph.value(name)!;
    // Nodes that only move data to a tensor on the same grid read nothing.
    return value.isOutput || value.consumers.some(({ node }) => !products.has(node.name) && !stored.has(node.outputs[0]?.name ?? ""));
  };
  return [...stored].some(hasOtherReaders) ? leastSharedFactor : 0;
}
