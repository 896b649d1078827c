import type { Layer, OperandSite, PlanContext, WeightSite } from "@halftone/core";
import type { Settings } from "./options.ts";

/** What the method has to know of the tensors that layers read. */
export interface Roles {
  operand(tensor: string): OperandSite;
  weight(tensor: string): WeightSite;
  /** The axis of the channels that may be reparameterized: all `layers` that read the tensor are linear layers behind a normalization. */
  reparameterizedAxis(tensor: string, layers: readonly Layer[]): number | undefined;
  /** Whether the tensor holds the attention weights that this product mixes values with. */
  isSoftmax(tensor: string, node: string): boolean;
  /** Whether an integer kernel stores it on a grid that others than products read too, so that it is not for products alone to choose. */
  isStoredForOthers(tensor: string): boolean;
}

export function rolesOf({ graph, placement, structure }: PlanContext, settings: Settings): Roles {
  const operands = new Map(placement.operands.map((site) => [site.tensor, site]));
  const weights = new Map(placement.weights.map((site) => [site.tensor, site]));
  // As in the paper, what the last layer reads is no candidate: a classifier reads one token per sample, too few to tell channels apart.
  const linears = new Set(structure.normalizations.flatMap((site) => site.linears).filter((node) => !structure.last.includes(node)));
  const mixed = new Map(structure.attentions.flatMap(({ mix, mixed: tensor }) => (mix && tensor ? [[mix, tensor] as const] : [])));

  return {
    operand: (tensor) => operands.get(tensor)!,
    weight: (tensor) => weights.get(tensor)!,
    reparameterizedAxis: (tensor, layers) => {
      const nodes = new Set(layers.map(({ node }) => node));
      const site = operands.get(tensor)!;
      // A weight that another group multiplies with would have to undo two rescalings.
      const undone = layers.every(({ node, weight }) => linears.has(node) && weights.get(weight!)!.nodes.every((reader) => nodes.has(reader)));
      return settings.reparameterization && undone && site.nodes.every((node) => nodes.has(node)) ? site.channelAxis : undefined;
    },
    isSoftmax: (tensor, node) => settings.softmax === "log-sqrt2" && mixed.get(node) === tensor,
    isStoredForOthers: (tensor) => {
      if (!operands.get(tensor)!.sharesGrid) return false;
      const site = placement.activations.find(({ tensors }) => tensors.includes(tensor))!;
      const inside = new Set(site.tensors);
      return site.observed.some(isStored) && (site.observed.length > 1 || site.tensors.some(isReadByOthers));

      function isStored(name: string): boolean {
        const producer = graph.value(name)!.producer;
        return producer !== undefined && placement.nodes[producer.name]?.mode !== "float";
      }

      function isReadByOthers(name: string): boolean {
        const value = graph.value(name)!;
        const moves = (outputs: (typeof value.consumers)[number]["node"]["outputs"]): boolean => outputs.every((output) => output && inside.has(output.name));
        return value.isOutput || value.consumers.some(({ node }) => !operands.get(name)?.nodes.includes(node.name) && !moves(node.outputs));
      }
    },
  };
}
