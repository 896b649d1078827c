import { type ActivationSite, type Observation, observeChannelExtremes, QuantError, type Range, type Statistics, unionOf } from "@halftone/core";
import { type RangeOptions, tensorRangeFor } from "./tensor-range.ts";

export type { Calibration } from "./tensor-range.ts";
export type CalibrationOptions = RangeOptions;

/** What is observed of a site, and the ranges that follow from it. */
export interface SiteCalibration {
  observe(site: ActivationSite): readonly Observation<unknown>[];
  /**
   * One range, or one per slice along the axis of `layout`.
   *
   * @throws `unsupported-encoding` when the site asks for a granularity that cannot be observed, `invalid-data` when what
   * was seen cannot be encoded.
   */
  ranges(site: ActivationSite, statistics: Statistics): { readonly ranges: readonly Range[]; readonly layout: { readonly axis?: number } };
}

export function calibrationFor(options: CalibrationOptions): SiteCalibration {
  const tensorRange = tensorRangeFor(options);
  return {
    observe: (site) => {
      const channels = channelsOf(site);
      return channels ? [channels] : site.observed.map((tensor) => tensorRange(tensor, site.config).observation);
    },
    ranges: (site, statistics) => {
      const { granularity } = site.config;
      const channels = channelsOf(site);
      if (channels) return { ranges: statistics.get(channels).map((range) => checked(range, site.key)), layout: { axis: site.channelAxis! } };
      if (granularity !== "tensor") {
        const asked = granularity === "channel" ? "one scale per channel" : "blocks";
        throw new QuantError(
          "unsupported-encoding",
          `Activation "${site.key}" cannot have ${asked}: its values are shared between tensors or its channels are not known.`,
        );
      }
      const ranges = site.observed.map((tensor) => checked(tensorRange(tensor, site.config).range(statistics), tensor));
      return { ranges: [unionOf(ranges)], layout: {} };
    },
  };
}

/** Slices are only the same everywhere when no pass-through operator moves them. */
function channelsOf(site: ActivationSite): Observation<readonly Range[]> | undefined {
  const { key, tensors, channelAxis, config } = site;
  return config.granularity === "channel" && channelAxis !== undefined && tensors.length === 1 ? observeChannelExtremes(key, channelAxis) : undefined;
}

function checked(range: Range, tensor: string): Range {
  if (range.min > range.max) throw new QuantError("invalid-data", `Activation "${tensor}" held no values on the calibration data.`);
  if (Number.isFinite(range.min) && Number.isFinite(range.max)) return range;
  throw new QuantError("invalid-data", `Activation "${tensor}" reaches infinity on the calibration data.`);
}
