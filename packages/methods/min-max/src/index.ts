/**
 * Static range quantization, the plain baseline: watch each activation, choose a range, cut it into equal steps. Also the
 * tutorial for writing a method: docs/writing-a-method.md walks through this file.
 */
import {
  affineEncoding,
  type Encoding,
  encodeRange,
  encodeWeight,
  type MethodContext,
  type MethodPlan,
  type Observation,
  type PlanContext,
  type QuantMethod,
  type Range,
  unionOf,
} from "@halftone/core";
import { type CalibrationOptions, rangeFinder } from "./range-finder.ts";

export type { CalibrationOptions } from "./range-finder.ts";

export interface MinMaxOptions extends CalibrationOptions {
  /** How weight ranges are chosen: all of it, or what has the least squared error. Default `max`. */
  readonly weights?: "max" | "mse";
}

export function minMax(options: MinMaxOptions = {}): QuantMethod {
  const finder = rangeFinder(options);

  function observe({ placement }: MethodContext): readonly Observation<unknown>[] {
    return placement.activations.flatMap((site) => site.observed.flatMap((tensor) => finder.observations(tensor)));
  }

  async function plan({ graph, placement, statistics }: PlanContext): Promise<MethodPlan> {
    const encodings = new Map<string, Encoding>();
    const skipped = new Map<string, string>();
    for (const site of placement.activations) {
      const range = unionOf(site.observed.map((tensor) => finder.range(tensor, site.config, statistics)));
      const reason = refusal(range);
      for (const tensor of site.tensors) {
        if (reason) skipped.set(tensor, reason);
        else encodings.set(tensor, affineEncoding(site.config, [encodeRange(range, site.config)]));
      }
    }
    for (const site of placement.weights) {
      encodings.set(site.tensor, encodeWeight(graph.value(site.tensor)!.constant!, site, { clipping: options.weights ?? "max" }));
    }
    return { encodings: Object.fromEntries(encodings), skipped: Object.fromEntries(skipped) };
  }

  return { name: "min-max", observe, plan };
}

function refusal({ min, max }: Range): string | undefined {
  if (min > max) return "no value was seen during calibration";
  return Number.isFinite(min) && Number.isFinite(max) ? undefined : "its values are not finite";
}
