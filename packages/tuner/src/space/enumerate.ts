import { type Candidate, QuantError, type SearchSpace, type SearchValue } from "@halftone/core";
import { brokenRule, isActive } from "./conditions.ts";

/** Strategies look at every candidate, so a space has to be small enough for that. */
export const maximumCandidates = 100_000;

/**
 * All legal candidates in canonical order: the first dimension runs fastest, an inactive one stands still.
 *
 * @throws `invalid-config` when there are more than {@link maximumCandidates}.
 */
export function enumerate(space: SearchSpace): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const chosen: SearchValue[] = [];
  const visit = (index: number): void => {
    if (index < 0) collect();
    for (const value of space.dimensions[index]?.values ?? []) {
      chosen[index] = value;
      visit(index - 1);
    }
  };
  const collect = (): void => {
    const candidate = activePart(space, chosen);
    if (candidate === undefined || brokenRule(space.rules, candidate)) return;
    if (candidates.length === maximumCandidates) throw tooMany(space);
    candidates.push(candidate);
  };
  visit(space.dimensions.length - 1);
  return candidates;
}

/** Undefined where an inactive dimension is not at its first value: the same candidate as another. */
function activePart({ dimensions }: SearchSpace, chosen: readonly SearchValue[]): Candidate | undefined {
  const candidate: Record<string, SearchValue> = {};
  for (const [index, dimension] of dimensions.entries()) {
    if (isActive(dimension, candidate)) candidate[dimension.name] = chosen[index]!;
    else if (chosen[index] !== dimension.values[0]) return undefined;
  }
  return candidate;
}

function tooMany(space: SearchSpace): QuantError {
  return new QuantError(
    "invalid-config",
    `Search space "${space.name}" has more than ${maximumCandidates} candidates; give its dimensions fewer values or forbid combinations with rules.`,
    { details: { field: "space" } },
  );
}
