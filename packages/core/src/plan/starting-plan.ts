/** Where a search starts: extremes where products read, largest magnitudes of weights, and for what is stored between kernels one of two kinds of ranges. */
import { observeChannelExtremes, observeExtremes, observeHistogram } from "../calibrate/index.ts";
import { affineEncoding, boundedRange, encodeRange, encodeWeight, limitHistogram, mseRange, type Range, unionOf } from "../numerics/index.ts";
import type {
  ActivationSite,
  AffineEncoding,
  GraphView,
  MethodContext,
  Observation,
  OperandPlan,
  OperandSite,
  PartialPlan,
  Placement,
  Statistics,
} from "../spec/index.ts";

/** An answer for every site of a placement. */
export interface StartingPlan extends PartialPlan {
  readonly encodings: Readonly<Record<string, AffineEncoding>>;
  /** Those whose products read another grid than the stored one. */
  readonly operands: Readonly<Record<string, OperandPlan>>;
  /** Tensors that no grid can hold, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** What `startingPlan` and `operandRanges` want to see. */
export function startingObservations({ placement }: Pick<MethodContext, "placement">): readonly Observation<unknown>[] {
  const stored = placement.activations.flatMap(({ observed }) => observed.map((tensor) => observeHistogram(tensor)));
  return [...stored, ...placement.operands.map(observeOperand)];
}

function observeOperand({ tensor, channelAxis }: OperandSite): Observation<Range | readonly Range[]> {
  return channelAxis === undefined ? observeExtremes(tensor) : observeChannelExtremes(tensor, channelAxis);
}

/** The extremes of what products read: one range per channel, or a single one where channels are unknown. */
export function operandRanges(site: OperandSite, statistics: Statistics): readonly Range[] {
  return [statistics.get(observeOperand(site))].flat();
}

/** Of what is stored: all that was seen, or where the squared error is least. Neither is better on every network. */
export type StartingRanges = "extremes" | "squared-error";

export function startingPlan(graph: GraphView, placement: Placement, statistics: Statistics, ranges: StartingRanges = "squared-error"): StartingPlan {
  const encodings: Record<string, AffineEncoding> = {};
  const operands: Record<string, OperandPlan> = {};
  const skipped: Record<string, string> = {};
  for (const site of placement.activations) {
    const range = unionOf(site.observed.map((tensor) => storedRange(tensor, site, statistics, ranges)));
    const reason = refusal(range);
    for (const tensor of site.tensors) {
      if (reason) skipped[tensor] = reason;
      else encodings[tensor] = affineEncoding(site.config, [encodeRange(range, site.config)]);
    }
  }
  for (const site of placement.operands) {
    if (site.sharesGrid || skipped[site.tensor]) continue;
    const range = unionOf(operandRanges(site, statistics));
    const reason = refusal(range);
    if (reason) skipped[site.tensor] = reason;
    else
      operands[site.tensor] = { encoding: affineEncoding(site.config, [encodeRange(boundedRange(range, range, site.bounds ?? {}, site.config), site.config)]) };
  }
  for (const site of placement.weights) encodings[site.tensor] = encodeWeight(graph.value(site.tensor)!.constant!, site);
  return { encodings, operands, skipped };
}

function storedRange(tensor: string, { bounds = {}, config }: ActivationSite, statistics: Statistics, ranges: StartingRanges): Range {
  const histogram = statistics.get(observeHistogram(tensor));
  if (histogram.infinite > 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  const limited = limitHistogram(histogram, bounds);
  return boundedRange(ranges === "extremes" ? limited.range : mseRange(limited, config), histogram.range, bounds, config);
}

function refusal({ min, max }: Range): string | undefined {
  if (min > max) return "no value was seen on the calibration data";
  return Number.isFinite(min) && Number.isFinite(max) ? undefined : "its values reach infinity on the calibration data";
}
