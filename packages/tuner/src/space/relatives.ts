import type { Candidate, SearchSpace } from "@halftone/core";
import { brokenRule } from "./conditions.ts";

/**
 * Candidates that look at the same data as another and may ask other things of it: every clipping of its method, with no layer in float, so that together they
 * observe all that any candidate with this method and these images can need.
 */
export function relativesOf({ dimensions, rules }: SearchSpace): (candidate: Candidate) => readonly Candidate[] {
  const clippings = dimensions.find(({ name }) => name === "clipping")?.values ?? [];
  return ({ precision: _, sensitive: __, ...candidate }) => {
    const own = candidate["clipping"] === undefined ? [candidate] : clippings.map((clipping) => ({ ...candidate, clipping }));
    return own.filter((relative) => brokenRule(rules, relative) === undefined);
  };
}
