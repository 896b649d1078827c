import {
  entropyRange,
  type Histogram,
  mseRange,
  type Observation,
  observeExtremes,
  observeHistogram,
  observeMovingAverage,
  percentileRange,
  QuantError,
  type Range,
  type Statistics,
  type TensorConfig,
} from "@halftone/core";

/**
 * How the range of an activation is found.
 *
 * - `max`: all that was seen.
 * - `moving-average`: an exponential moving average of each sample's extremes.
 * - `percentile`: all but the outermost values.
 * - `entropy`: the range that keeps most of the distribution (Kullback-Leibler divergence). Wants 100 samples or more.
 * - `mse`: the range of least squared error.
 */
export type Calibration = "max" | "moving-average" | "percentile" | "entropy" | "mse";

export interface RangeOptions {
  /** Default `max`. */
  readonly calibration?: Calibration;
  /** With `percentile`: the share of values to keep, in percent. Default 99.99. */
  readonly percentile?: number;
  /** With `moving-average`: what is kept of the average at each sample. Default 0.9. */
  readonly momentum?: number;
}

/** What to observe of a tensor, and how its range follows. */
export interface TensorRange {
  readonly observation: Observation<unknown>;
  range(statistics: Statistics): Range;
}

export function tensorRangeFor({
  calibration = "max",
  percentile = 99.99,
  momentum = 0.9,
}: RangeOptions): (tensor: string, config: TensorConfig) => TensorRange {
  check(percentile > 50 && percentile <= 100, "percentile", `${percentile} is not above 50 and at most 100`);
  check(momentum >= 0 && momentum < 1, "momentum", `${momentum} is not in [0, 1)`);
  switch (calibration) {
    case "max":
      return (tensor) => from(observeExtremes(tensor), (range) => range);
    case "moving-average":
      return (tensor) => from(observeMovingAverage(tensor, { momentum }), (range) => range);
    case "percentile":
      return (tensor) => fromHistogram(tensor, (histogram) => percentileRange(histogram, percentile));
    case "entropy":
      return (tensor, config) =>
        fromHistogram(tensor, (histogram) => entropyRange(histogram, { levels: 2 ** config.bits, symmetric: isSymmetric(config, histogram) }));
    case "mse":
      return (tensor, config) => fromHistogram(tensor, (histogram) => mseRange(histogram, config));
    default:
      throw invalid("calibration", `"${calibration satisfies never}" is not one of max, moving-average, percentile, entropy, mse`);
  }
}

function from<Stat>(observation: Observation<Stat>, rangeOf: (stat: Stat) => Range): TensorRange {
  return { observation, range: (statistics) => rangeOf(statistics.get(observation)) };
}

/** Infinities are not binned, so the range must tell of them. */
function fromHistogram(tensor: string, rangeOf: (histogram: Histogram) => Range): TensorRange {
  const everything = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
  return from(observeHistogram(tensor), (histogram) => (histogram.infinite > 0 ? everything : rangeOf(histogram)));
}

function isSymmetric({ scheme }: TensorConfig, { range }: Histogram): boolean {
  return scheme === "symmetric" || scheme === "power-of-two" || (scheme === "symmetric-uint8" && range.min < 0);
}

function check(valid: boolean, field: string, problem: string): void {
  if (!valid) throw invalid(field, problem);
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Option "${field}" of min-max is not valid: ${problem}.`, { details: { field } });
}
