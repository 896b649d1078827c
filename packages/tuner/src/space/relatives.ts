import type { Candidate, SearchSpace } from "@halftone/core";
import { brokenRule } from "./conditions.ts";

/** Dimensions that decide what is observed of the data. Layers in float only take away from it. */
const observing = ["scheme", "clipping"] as const;

/**
 * Candidates that look at the same data as another and may ask other things of it: every scheme and clipping of its method, with no layer in float, so that
 * together they observe all that any candidate with this method and these images can need.
 */
export function relativesOf({ dimensions, rules }: SearchSpace): (candidate: Candidate) => readonly Candidate[] {
  const valuesOf = (name: string) => dimensions.find((dimension) => dimension.name === name)?.values ?? [];
  return ({ precision: _, sensitive: __, ...candidate }) => {
    let relatives: readonly Candidate[] = [candidate];
    for (const name of observing) {
      if (candidate[name] !== undefined) relatives = relatives.flatMap((each) => valuesOf(name).map((value) => ({ ...each, [name]: value })));
    }
    return relatives.filter((relative) => brokenRule(rules, relative) === undefined);
  };
}
