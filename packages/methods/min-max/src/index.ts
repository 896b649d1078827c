/**
 * Static range quantization: an activation is cut into equal steps over the range it takes on the calibration data, a
 * weight over the values it holds (Jacob et al., arXiv 1712.05877; Nagel et al., arXiv 2106.08295). The plain baseline, and
 * the tutorial for writing a method.
 */
import { affineEncoding, type Encoding, encodeRange, encodeWeight, type QuantMethod, type Range, unionOf } from "@halftone/core";
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
    name: "min-max",

    observe: ({ placement }) => placement.activations.flatMap((site) => site.observed.map(finder.observation)),

    plan: async ({ graph, placement, statistics }) => {
      const encodings = new Map<string, Encoding>();
      const skipped = new Map<string, string>();
      for (const site of placement.activations) {
        const range = unionOf(site.observed.map((tensor) => finder.range(tensor, site, statistics)));
        const reason = refusal(range);
        for (const tensor of site.tensors) {
          if (reason) skipped.set(tensor, reason);
          else encodings.set(tensor, affineEncoding(site.config, [encodeRange(range, site.config)]));
        }
      }
      for (const site of placement.weights) {
        encodings.set(site.tensor, encodeWeight(graph.value(site.tensor)!.constant!, site, { clipping: weightClipping }));
      }
      return { encodings: Object.fromEntries(encodings), skipped: Object.fromEntries(skipped) };
    },
  };
}

function refusal({ min, max }: Range): string | undefined {
  if (min > max) return "no value was seen on the calibration data";
  return Number.isFinite(min) && Number.isFinite(max) ? undefined : "its values reach infinity on the calibration data";
}
