import {
  type ActivationSite,
  boundedRange,
  type Observation,
  observeExtremes,
  observeHistogram,
  observeMovingAverage,
  QuantError,
  type Range,
  type Statistics,
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
  ranges(statistics: Statistics): Promise<RangeOf>;
}

export type RangeOf = (tensor: string, site: ActivationSite) => Range;

export function rangeFinder({ calibration = "max", percentile = 99.99, momentum = 0.9 }: CalibrationOptions): RangeFinder {
  check("percentile", percentile > 50 && percentile <= 100, `${percentile} is not above 50 and at most 100`);
  check("momentum", momentum >= 0 && momentum < 1, `${momentum} is not in [0, 1)`);
  switch (calibration) {
    case "max":
      return fromExtremes(observeExtremes);
    case "moving-average":
      return fromExtremes((tensor) => observeMovingAverage(tensor, { momentum }));
    case "percentile":
    case "entropy":
    case "mse":
      return {
        observation: (tensor) => observeHistogram(tensor),
        ranges: async (statistics) => (await import("./clipped-ranges.ts")).clippedRanges(statistics, calibration, percentile),
      };
    default:
      throw invalid("calibration", `"${calibration satisfies never}" is not one of max, moving-average, percentile, entropy, mse`);
  }
}

function fromExtremes(observe: (tensor: string) => Observation<Range>): RangeFinder {
  return {
    observation: observe,
    ranges:
      async (statistics) =>
      (tensor, { bounds = {}, config }) => {
        const seen = statistics.get(observe(tensor));
        return boundedRange(seen, seen, bounds, config);
      },
  };
}

function check(field: string, valid: boolean, problem: string): void {
  if (!valid) throw invalid(field, problem);
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Option "${field}" of min-max is not valid: ${problem}.`, { details: { field } });
}
