import type { AffineEncoding, Layer, PlanContext, StartingPlan } from "@halftone/core";
import { stepFactors } from "./factors.ts";
import type { Settings } from "./options.ts";
import { symmetricWeight } from "./symmetric.ts";

/** Where the search of a weight's scales starts, and what they may be multiplied with. */
export interface WeightStart {
  readonly tensor: string;
  readonly encoding: AffineEncoding;
  readonly factors: readonly number[];
  /** Whether every output channel has a scale, and its own factor. */
  readonly perChannel: boolean;
}

/** `layer` has a weight. */
export function weightStart({ graph, placement }: PlanContext, { weight }: Layer, start: StartingPlan, settings: Settings): WeightStart {
  const site = placement.weights.find(({ tensor }) => tensor === weight)!;
  return {
    tensor: site.tensor,
    encoding: settings.basePtq ? symmetricWeight(graph.value(site.tensor)!.constant!, site) : start.encodings[site.tensor]!,
    factors: stepFactors(site.config, settings),
    perChannel: site.config.granularity === "channel",
  };
}
