import type { ActivationSite, GraphView, MethodContext } from "@halftone/core";

/** A site that a normalization reads, all its channels along one axis. */
export interface FactoredSite {
  readonly site: ActivationSite;
  readonly axis: number;
}

/** A site that a normalization reads and that has to do with one scale. */
export interface PlainSite {
  readonly tensor: string;
  readonly reason: string;
}

/** Nodes that keep channels whole and in order, as long as the axis keeps its size. */
const keepers = new Set(["Concat", "Split", "Slice", "Identity"]);

/**
 * Which stored tensors get a factor per channel: those that a normalization on a grid reads. What is stored with them shares their encoding, so it
 * must have the same channels on the same axis.
 */
export function factoredSites({ graph, placement, structure }: Pick<MethodContext, "graph" | "placement" | "structure">): {
  readonly factored: readonly FactoredSite[];
  readonly plain: readonly PlainSite[];
} {
  const factored = new Map<ActivationSite, FactoredSite>();
  const plain: PlainSite[] = [];
  for (const { node, input, channelAxis: axis } of structure.normalizations) {
    const site = placement.activations.find(({ tensors }) => tensors.includes(input));
    if (!site || factored.has(site) || placement.nodes[node]?.mode !== "emulated") continue;
    const reason = obstacle(graph, site, input, axis);
    if (reason) plain.push({ tensor: input, reason });
    else factored.set(site, { site, axis });
  }
  return { factored: [...factored.values()], plain };
}

function obstacle(graph: GraphView, { tensors, observed }: ActivationSite, input: string, axis: number): string | undefined {
  const shape = graph.value(input)?.shape;
  if (typeof shape?.[axis] !== "number") return "the number of its channels is not known";
  const other = tensors.find((tensor) => {
    const value = graph.value(tensor);
    const keeps = observed.includes(tensor) || keepers.has(value?.producer?.op ?? "");
    return !keeps || value?.shape?.length !== shape.length || value.shape[axis] !== shape[axis];
  });
  return other === undefined ? undefined : `it shares a grid with ${other}, whose channels lie elsewhere`;
}
