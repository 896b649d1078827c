/**
 * Static range quantization: an activation is cut into equal steps over the range it takes on the calibration data, a
 * weight over the values it holds (Jacob et al., arXiv 1712.05877; Nagel et al., arXiv 2106.08295). The plain baseline, and
 * the tutorial for writing a method.
 */
import { affineEncoding, answerSites, encodeRange, encodeWeight, type QuantMethod, type Range, unionOf } from "@halftone/core";
import { type CalibrationOptions, rangeFinder } from "./range-finder.ts";

export type { Calibration, CalibrationOptions } from "./range-finder.ts";

export interface MinMaxOptions extends CalibrationOptions {
  /** `max` keeps every weight inside its range, `mse` shrinks ranges to the least squared error. Default `max`. */
  readonly weightClipping?: "max" | "mse";
}

/** @throws `invalid-config` naming the option. */
export function minMax({ weightClipping = "max", ...options }: MinMaxOptions = {}): QuantMethod {
  const finder = rangeFinder(options);
  return {
    name: nameOf(options),

    observe: ({ placement }) => placement.activations.flatMap((site) => site.observed.map(finder.observation)),

    plan: async ({ graph, placement, statistics }) => {
      const rangeOf = await finder.ranges(statistics);
      return answerSites(placement, {
        activation: (site) => {
          const range = unionOf(site.observed.map((tensor) => rangeOf(tensor, site)));
          return refusal(range) ?? affineEncoding(site.config, [encodeRange(range, site.config)]);
        },
        weight: (site) => encodeWeight(graph.value(site.tensor)!.constant!, site, { clipping: weightClipping }),
      });
    },
  };
}

/** As a plan tells it: `min-max`, `min-max:mse`, `min-max:percentile-99.9`. */
function nameOf({ calibration = "max", percentile }: CalibrationOptions): string {
  if (calibration === "max") return "min-max";
  return percentile === undefined ? `min-max:${calibration}` : `min-max:${calibration}-${percentile}`;
}

/** Calibrations worth comparing where nothing is known of a model: hand all of them to `quantize`, and the best plan wins. */
export function staticMethods(): readonly QuantMethod[] {
  const percentiles = [99.9, 99.99, 99.999].map((percentile) => minMax({ calibration: "percentile", percentile }));
  return [minMax(), minMax({ calibration: "mse" }), minMax({ calibration: "entropy" }), ...percentiles];
}

function refusal({ min, max }: Range): string | undefined {
  if (min > max) return "no value was seen on the calibration data";
  return Number.isFinite(min) && Number.isFinite(max) ? undefined : "its values reach infinity on the calibration data";
}
