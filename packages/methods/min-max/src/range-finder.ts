import {
  type ActivationSite,
  boundedRange,
  entropyRange,
  type Histogram,
  limitHistogram,
  mseRange,
  type Observation,
  observeExtremes,
  observeHistogram,
  observeMovingAverage,
  percentileRange,
  QuantError,
  type Range,
  type Statistics,
  unionOf,
} from "@halftone/core";

/**
 * How the range of an activation is found.
 *
 * - `max`: all that was seen.
 * - `moving-average`: an exponential moving average of each sample's extremes.
 * - `percentile`: all but the outermost values.
 * - `entropy`: the range that keeps most of the distribution (Kullback-Leibler divergence), at least that of `mse`. Wants 100
 *   samples or more.
 * - `mse`: the range of least squared error.
 */
export type Calibration = "max" | "moving-average" | "percentile" | "entropy" | "mse";

export interface CalibrationOptions {
  /** Default `max`. */
  readonly calibration?: Calibration;
  /** With `percentile`: the share of values to keep, in percent. Default 99.99. */
  readonly percentile?: number;
  /** With `moving-average`: what is kept of the average at each sample. Default 0.9. */
  readonly momentum?: number;
}

/** What to watch of a tensor, and how its range follows. */
export interface RangeFinder {
  observation(tensor: string): Observation<unknown>;
  range(tensor: string, site: ActivationSite, statistics: Statistics): Range;
}

export function rangeFinder({ calibration = "max", percentile = 99.99, momentum = 0.9 }: CalibrationOptions): RangeFinder {
  check("percentile", percentile > 50 && percentile <= 100, `${percentile} is not above 50 and at most 100`);
  check("momentum", momentum >= 0 && momentum < 1, `${momentum} is not in [0, 1)`);
  switch (calibration) {
    case "max":
      return fromExtremes(observeExtremes);
    case "moving-average":
      return fromExtremes((tensor) => observeMovingAverage(tensor, { momentum }));
    case "percentile":
      return fromHistogram((histogram) => percentileRange(histogram, percentile));
    case "entropy":
      // Left alone the divergence clips rare large values that carry a prediction: it may not clip harder than squared error would.
      return fromHistogram((histogram, { config }) => {
        const symmetric = isSymmetric(config.scheme, histogram);
        return unionOf([entropyRange(histogram, { levels: 2 ** config.bits, symmetric }), mseRange(histogram, config)]);
      });
    case "mse":
      return fromHistogram((histogram, { config }) => mseRange(histogram, config));
    default:
      throw invalid("calibration", `"${calibration satisfies never}" is not one of max, moving-average, percentile, entropy, mse`);
  }
}

function fromExtremes(observe: (tensor: string) => Observation<Range>): RangeFinder {
  return {
    observation: observe,
    range: (tensor, { bounds = {}, config }, statistics) => {
      const seen = statistics.get(observe(tensor));
      return boundedRange(seen, seen, bounds, config);
    },
  };
}

/** Values beyond what any reader tells apart are clipped first; infinities are not binned, so the range must tell of them. */
function fromHistogram(rangeOf: (histogram: Histogram, site: ActivationSite) => Range): RangeFinder {
  return {
    observation: (tensor) => observeHistogram(tensor),
    range: (tensor, site, statistics) => {
      const histogram = statistics.get(observeHistogram(tensor));
      if (histogram.infinite > 0) return { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
      const bounds = site.bounds ?? {};
      return boundedRange(rangeOf(limitHistogram(histogram, bounds), site), histogram.range, bounds, site.config);
    },
  };
}

function isSymmetric(scheme: ActivationSite["config"]["scheme"], { range }: Histogram): boolean {
  return scheme === "symmetric" || scheme === "power-of-two" || (scheme === "symmetric-uint8" && range.min < 0);
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw invalid(field, problem);
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Option "${field}" of min-max is not valid: ${problem}.`, { details: { field } });
}
