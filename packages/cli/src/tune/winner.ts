import type { Trial, TuneResult, Workload } from "@halftone/core";
import { cheapestWithin } from "@halftone/tuner";
import { distanceOf } from "./score-unit.ts";

/** What counts once enough accuracy is kept, in points of the score, or nats. */
export interface Preference {
  readonly smallestWithin?: number;
  readonly fastestWithin?: number;
}

/** The best trial, or the smallest or fastest of those that are near enough to the float model. */
export function winnerOf({ best, trials }: TuneResult, { reference, unit }: Workload, { smallestWithin, fastestWithin }: Preference): Trial | undefined {
  const within = smallestWithin ?? fastestWithin;
  if (within === undefined || reference === undefined) return best;
  return cheapestWithin(trials, reference - distanceOf(within, unit), smallestWithin === undefined ? "seconds" : "bytes") ?? best;
}
