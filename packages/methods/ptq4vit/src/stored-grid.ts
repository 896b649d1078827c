import { type ActivationSite, type OperandSite, observeHistogram, type PlanContext, type Range } from "@halftone/core";

/** What matters of a grid that a product reads as it is stored. */
export interface StoredGrid {
  /** What is stored on it besides the operand. */
  readonly ranges: readonly Range[];
  /** The bounds of an activation that the integer kernel in front does by the end of its grid, from zero on. */
  readonly clipping?: Range;
}

/** Undefined where the product has a grid of its own. */
export function storedGrid({ graph, placement, statistics }: PlanContext, { tensor, sharesGrid }: OperandSite): StoredGrid | undefined {
  const site = placement.activations.find(({ tensors }) => tensors.includes(tensor));
  if (!sharesGrid || !site) return undefined;
  const clipping = clippingOf(site);
  return {
    ranges: site.observed.map((name) => statistics.get(observeHistogram(name)).range),
    ...(clipping && { clipping }),
  };

  function clippingOf({ observed, bounds = {} }: ActivationSite): Range | undefined {
    const isAbsorbed = observed.some((name) => placement.nodes[graph.value(name)!.producer?.name ?? ""]?.mode === "absorbed");
    return isAbsorbed && bounds.min === 0 ? { min: 0, max: bounds.max ?? Number.POSITIVE_INFINITY } : undefined;
  }
}
