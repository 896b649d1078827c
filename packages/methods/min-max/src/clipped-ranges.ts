import {
  type ActivationSite,
  boundedRange,
  entropyRange,
  type Histogram,
  limitHistogram,
  mseRange,
  observeHistogram,
  percentileRange,
  type Range,
  type Statistics,
  unionOf,
} from "@halftone/core";
import type { Calibration, RangeOf } from "./range-finder.ts";

type Clipping = Extract<Calibration, "percentile" | "entropy" | "mse">;

/**
 * Ranges that leave some of what was seen outside; only the calibrations that clip load this. Values beyond what any reader
 * tells apart are clipped first; infinities are not binned, so the range must tell of them.
 */
export function clippedRanges(statistics: Statistics, clipping: Clipping, percentile: number): RangeOf {
  return (tensor, site) => {
    const histogram = statistics.get(observeHistogram(tensor));
    if (histogram.infinite > 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
    const bounds = site.bounds ?? {};
    return boundedRange(clip(limitHistogram(histogram, bounds), site, clipping, percentile), histogram.range, bounds, site.config);
  };
}

function clip(histogram: Histogram, { config }: ActivationSite, clipping: Clipping, percentile: number): Range {
  switch (clipping) {
    case "percentile":
      return percentileRange(histogram, percentile);
    case "mse":
      return mseRange(histogram, config);
    case "entropy": {
      // Left alone the divergence clips rare large values that carry a prediction: it may not clip harder than squared error would.
      const symmetric = isSymmetric(config.scheme, histogram);
      return unionOf([entropyRange(histogram, { levels: 2 ** config.bits, symmetric }), mseRange(histogram, config)]);
    }
    default:
      return clipping satisfies never;
  }
}

function isSymmetric(scheme: ActivationSite["config"]["scheme"], { range }: Histogram): boolean {
  return scheme === "symmetric" || scheme === "power-of-two" || (scheme === "symmetric-uint8" && range.min < 0);
}
