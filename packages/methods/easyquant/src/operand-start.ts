import {
  type AffineEncoding,
  affineEncoding,
  boundedRange,
  encodeRange,
  leastFactorOf,
  type OperandSite,
  observeHistogram,
  operandRanges,
  type PlanContext,
  type Range,
  unionOf,
} from "@halftone/core";
import { stepFactors } from "./factors.ts";
import type { Settings } from "./options.ts";
import { symmetricConfig } from "./symmetric.ts";

/** Where the search of an operand's grid starts, and what its step may be multiplied with. */
export interface OperandStart {
  readonly encoding: AffineEncoding;
  readonly factors: readonly number[];
}

/** The grid of everything the tensor was seen to hold. */
export function operandStart(context: PlanContext, tensor: string, settings: Settings): OperandStart {
  const site = context.placement.operands.find((each) => each.tensor === tensor)!;
  const config = settings.basePtq ? symmetricConfig(site.config) : site.config;
  const range = rangeOf(context, site);
  const bounded = settings.basePtq ? range : boundedRange(range, range, site.bounds ?? {}, config);
  const least = leastFactorOf(context, site);
  return {
    encoding: affineEncoding(config, [encodeRange(bounded, config)]),
    factors: stepFactors(config, settings).filter((factor) => factor >= least),
  };
}

/** What is read on the stored grid has to hold all that is stored with it. */
function rangeOf({ placement, statistics }: PlanContext, site: OperandSite): Range {
  const read = operandRanges(site, statistics);
  if (!site.sharesGrid) return unionOf(read);
  const observed = placement.activations.find(({ tensors }) => tensors.includes(site.tensor))?.observed ?? [];
  return unionOf([...read, ...observed.map((tensor) => statistics.get(observeHistogram(tensor)).range)]);
}
