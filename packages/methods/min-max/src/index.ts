import { affineEncoding, type Encoding, encodeRange, encodeWeight, QuantError, type QuantMethod } from "@halftone/core";
import { type CalibrationOptions, calibrationFor } from "./calibration.ts";

export type { Calibration, CalibrationOptions } from "./calibration.ts";

export interface MinMaxOptions extends CalibrationOptions {
  /** `max` keeps every weight inside its range, `mse` shrinks ranges to the least squared error. Default `max`. */
  readonly weightClipping?: "max" | "mse";
}

/**
 * Static range quantization: an activation is encoded by the range of values it takes on the calibration data, a weight by
 * the values it holds (Jacob et al., arXiv 1712.05877; Nagel et al., arXiv 2106.08295).
 */
export function minMax({ weightClipping = "max", ...options }: MinMaxOptions = {}): QuantMethod {
  const calibration = calibrationFor(options);
  return {
    name: "min-max",

    observe: ({ placement }) => placement.activations.flatMap(calibration.observe),

    plan: async ({ graph, placement, statistics }) => {
      const encodings: Record<string, Encoding> = {};
      const skipped: Record<string, string> = {};

      const settle = (tensors: readonly string[], encode: () => Encoding): void => {
        try {
          const encoding = encode();
          for (const tensor of tensors) encodings[tensor] = encoding;
        } catch (error) {
          if (!QuantError.is(error, "unsupported-encoding") && !QuantError.is(error, "invalid-data")) throw error;
          for (const tensor of tensors) skipped[tensor] = error.message;
        }
      };

      for (const site of placement.activations) {
        settle(site.tensors, () => {
          const { ranges, layout } = calibration.ranges(site, statistics);
          return affineEncoding(
            site.config,
            ranges.map((range) => encodeRange(range, site.config)),
            layout,
          );
        });
      }
      for (const site of placement.weights) {
        settle([site.tensor], () => encodeWeight(graph.value(site.tensor)!.constant!, site, { clipping: weightClipping }));
      }
      return { encodings, skipped };
    },
  };
}
