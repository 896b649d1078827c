import { affineEncoding, boundedRange, encodeRange, type OperandPlan, type Range, type Rescaling, type Scheme } from "@halftone/core";
import type { OperandFacts } from "./facts.ts";
import type { Settings } from "./options.ts";
import { ownGrids, rescaledRange, rescalingOf, strengthsFor } from "./rescalings.ts";
import { twinChoices } from "./twin-choices.ts";
import { isLegalZeroPoint } from "./zero-point.ts";

/** One granularity and scheme of an operand; what is left open is the scale. */
export interface Choice {
  /** One grid for the tensor, one per channel, or one each for two ranges of values. */
  readonly granularity: "tensor" | "channel" | "range";
  readonly scheme: Scheme;
  readonly rescaling?: Rescaling;
  /** The share of the error of one grid for all channels that this choice has to stay below. */
  readonly worthwhile: number;
  /** The grid at a multiple of the scale of the extremes; undefined where it may not be used. */
  at(factor: number): OperandPlan | undefined;
}

/** Every combination of granularity and scheme the settings allow, the plain one (tensor, the asked scheme) first. */
export function choicesOf(facts: OperandFacts, settings: Settings): readonly Choice[] {
  const { channels, padded, grouped, site, sharesWeightScale } = facts;
  const schemes = schemesOf(site, settings);
  const perRange = settings.twins ? twinChoices(facts.twin, facts.range, site.config) : [];
  const perTensor = [...schemes.map((scheme) => choiceOf(facts, scheme, settings)), ...perRange];
  if (!channels) return perTensor;
  if (settings.released) return grouped ? [choiceOf(facts, schemes[0]!, settings, rescalingOf(channels, ownGrids, false))] : perTensor;
  if (!settings.granularity) return perTensor;
  const perChannel = schemes.flatMap((scheme) =>
    strengthsFor(sharesWeightScale).map((strength) => choiceOf(facts, scheme, settings, rescalingOf(channels, strength, scheme === "asymmetric" && !padded))),
  );
  return [...perTensor, ...perChannel];
}

/**
 * The scheme is the method's to choose. One that says how codes are stored, such as powers of two, is kept, and a tensor that is never negative has no
 * use for a symmetric grid, which could not end at zero.
 */
function schemesOf({ config, bounds }: OperandFacts["site"], { released, scheme }: Settings): readonly Scheme[] {
  const asked = config.scheme;
  if (asked !== "asymmetric" && asked !== "symmetric") return [asked];
  if (released) return ["symmetric"];
  if (!scheme || (asked === "asymmetric" && bounds?.min === 0)) return [asked];
  return [asked, asked === "asymmetric" ? "symmetric" : "asymmetric"];
}

function choiceOf({ site, range, channels, smallestFactor, worthwhile }: OperandFacts, scheme: Scheme, { guard }: Settings, rescaling?: Rescaling): Choice {
  const config = { ...site.config, scheme };
  const reach: Range = rescaling ? rescaledRange(channels!, rescaling) : range;
  return {
    granularity: rescaling ? "channel" : "tensor",
    scheme,
    ...(rescaling && { rescaling }),
    worthwhile: rescaling ? worthwhile : 1,
    at: (factor) => {
      if (!rescaling && factor < smallestFactor) return undefined;
      const free = { min: reach.min * factor, max: reach.max * factor };
      // A grid that ends where a Relu or Clip does makes it disappear into the kernel in front.
      const scaled = rescaling ? free : boundedRange(free, range, site.bounds ?? {}, config);
      if (guard === "clamp" && !isLegalZeroPoint(scaled, config)) return undefined;
      return { encoding: affineEncoding(config, [encodeRange(scaled, config)]), ...(rescaling && { rescaling }) };
    },
  };
}
