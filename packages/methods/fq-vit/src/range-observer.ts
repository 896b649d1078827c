/**
 * The range of an activation, one for the whole tensor: FQ-ViT's four observers. Its code averages percentiles over batches and
 * searches OMSE on the last batch; both are taken here over a sample of all data.
 */
import {
  type ActivationSite,
  boundedRange,
  encodeRange,
  type Histogram,
  limitHistogram,
  type Observation,
  observeExtremes,
  observeHistogram,
  observeMovingAverage,
  percentileRange,
  type Range,
  type Statistics,
} from "@halftone/core";
import { leastErrorRange } from "./omse.ts";
import type { Settings } from "./options.ts";

/** What to watch of a tensor, and how its range follows. */
export interface RangeObserver {
  observation(tensor: string): Observation<unknown>;
  range(tensor: string, site: ActivationSite, statistics: Statistics): Range;
}

/** Bins to each side of zero for OMSE: the finest step it tries, of 8 bits shrunk to 0.11, holds three or more. */
const fineBins = 8192;

export function rangeObserver({ observer, momentum, percentile, zeroPointGuard }: Settings): RangeObserver {
  switch (observer) {
    case "min-max":
      return fromExtremes(observeExtremes);
    case "ema":
      return fromExtremes((tensor) => observeMovingAverage(tensor, { momentum }));
    case "percentile":
      return fromHistogram(observeHistogram, (histogram) => percentileRange(histogram, isOneSided(histogram) ? percentile : 2 * percentile - 100));
    case "omse":
      return fromHistogram(
        (tensor) => observeHistogram(tensor, { bins: fineBins }),
        (histogram, { config }) => leastErrorRange(histogram, config, (range) => encodeRange(range, config, { zeroPointGuard })),
      );
    default:
      return observer satisfies never;
  }
}

function fromExtremes(observe: (tensor: string) => Observation<Range>): RangeObserver {
  return {
    observation: observe,
    range: (tensor, { bounds = {}, config }, statistics) => {
      const seen = statistics.get(observe(tensor));
      return boundedRange(seen, seen, bounds, config);
    },
  };
}

/** Values beyond what any reader tells apart are clipped first; infinities are not binned, so the range must tell of them. */
function fromHistogram(observe: (tensor: string) => Observation<Histogram>, rangeOf: (histogram: Histogram, site: ActivationSite) => Range): RangeObserver {
  return {
    observation: (tensor) => observe(tensor),
    range: (tensor, site, statistics) => {
      const histogram = statistics.get(observe(tensor));
      if (histogram.infinite > 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
      const bounds = site.bounds ?? {};
      return boundedRange(rangeOf(limitHistogram(histogram, bounds), site), histogram.range, bounds, site.config);
    },
  };
}

/** `percentileRange` cuts everything at the one end where values lie, and half of it at each of two. */
function isOneSided({ range }: Histogram): boolean {
  return range.min >= 0 || range.max <= 0;
}
