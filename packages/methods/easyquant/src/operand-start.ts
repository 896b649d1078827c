import {
  type AffineEncoding,
  affineEncoding,
  boundedRange,
  encodeRange,
  type OperandSite,
  observeHistogram,
  operandRanges,
  type PlanContext,
  type Range,
  unionOf,
} from "@halftone/core";
import { stepFactors } from "./factors.ts";
import type { Settings } from "./options.ts";
import { isReadByOthers } from "./readers.ts";
import { symmetricConfig } from "./symmetric.ts";

/** Where the search of an operand's grid starts, and what its step may be multiplied with. */
export interface OperandStart {
  readonly encoding: AffineEncoding;
  readonly factors: readonly number[];
}

/** A stored tensor that others read too does not clip more than this for the sake of its products. */
const leastSharedFactor = 0.8;

/** The grid of everything the tensor was seen to hold. */
export function operandStart(context: PlanContext, tensor: string, settings: Settings): OperandStart {
  const site = context.placement.operands.find((each) => each.tensor === tensor)!;
  const config = settings.basePtq ? symmetricConfig(site.config) : site.config;
  const range = rangeOf(context, site);
  const bounded = settings.basePtq ? range : boundedRange(range, range, site.bounds ?? {}, config);
  const least = site.sharesGrid && isReadByOthers(context, site) ? leastSharedFactor : 0;
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
