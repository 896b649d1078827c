import {
  entropyRange,
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

export interface CalibrationOptions {
  /**
   * How the range of an activation is chosen: `max` all of it, `moving-average` of each sample's extremes, `percentile`
   * without the outermost values, `entropy` what loses least information, `mse` what has the least squared error.
   * Default `max`.
   */
  readonly calibration?: "max" | "moving-average" | "percentile" | "entropy" | "mse";
  /** Share of values kept by `percentile`, in percent. Default 99.999. */
  readonly percentile?: number;
  /** What `moving-average` keeps at each sample, in [0, 1). Default 0.9. */
  readonly momentum?: number;
}

/** What to watch and how to turn it into a range. */
export interface RangeFinder {
  observations(tensor: string): readonly Observation<unknown>[];
  range(tensor: string, config: TensorConfig, statistics: Statistics): Range;
}

export function rangeFinder({ calibration = "max", percentile = 99.999, momentum = 0.9 }: CalibrationOptions): RangeFinder {
  check("percentile", percentile, percentile > 50 && percentile <= 100, "above 50, at most 100");
  check("momentum", momentum, momentum >= 0 && momentum < 1, "at least 0, below 1");
  switch (calibration) {
    case "max":
      return watching(observeExtremes, (range) => range);
    case "moving-average":
      return watching(
        (tensor) => observeMovingAverage(tensor, { momentum }),
        (range) => range,
      );
    case "percentile":
      return watching(observeHistogram, (histogram) => percentileRange(histogram, percentile));
    case "entropy":
      return watching(observeHistogram, (histogram, config) =>
        entropyRange(histogram, { levels: 2 ** config.bits, symmetric: config.scheme !== "asymmetric" }),
      );
    case "mse":
      return watching(observeHistogram, mseRange);
    default:
      throw new QuantError("invalid-config", `There is no calibration "${calibration satisfies never}"; use max, moving-average, percentile, entropy or mse.`, {
        details: { field: "calibration" },
      });
  }
}

function watching<Stat>(observation: (tensor: string) => Observation<Stat>, rangeOf: (stat: Stat, config: TensorConfig) => Range): RangeFinder {
  return {
    observations: (tensor) => [observation(tensor)],
    range: (tensor, config, statistics) => rangeOf(statistics.get(observation(tensor)), config),
  };
}

function check(field: string, value: number, legal: boolean, bounds: string): void {
  if (!legal) throw new QuantError("invalid-config", `Option ${field} is ${value}; it must be ${bounds}.`, { details: { field, value } });
}
