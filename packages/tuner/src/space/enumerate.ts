import { type Candidate, QuantError, type SearchDimension, type SearchSpace, type SearchValue } from "@halftone/core";
import { brokenRule, isActive } from "./conditions.ts";

/** Strategies look at every candidate, so a space has to be small enough for that. */
export const maximumCandidates = 100_000;

/**
 * All legal candidates in canonical order: the first dimension runs fastest, an inactive one stands still. Inactive dimensions take no time either: methods
 * may bring many that exist only where they are chosen.
 *
 * @throws `invalid-config` when there are more than {@link maximumCandidates}.
 */
export function enumerate(space: SearchSpace): readonly Candidate[] {
  const { dimensions, rules } = space;
  const found: Numbered[] = [];
  const chosen: Record<string, SearchValue> = {};
  const places: number[] = [];
  const visit = (index: number): void => {
    const dimension = dimensions[index];
    if (dimension === undefined) collect();
    else if (isActive(dimension, chosen)) choose(dimension, index);
    else {
      places[index] = 0;
      visit(index + 1);
    }
  };
  const choose = ({ name, values }: SearchDimension, index: number): void => {
    for (const [place, value] of values.entries()) {
      places[index] = place;
      chosen[name] = value;
      visit(index + 1);
    }
    delete chosen[name];
  };
  const collect = (): void => {
    if (brokenRule(rules, chosen)) return;
    if (found.length === maximumCandidates) throw tooMany(space);
    found.push({ candidate: { ...chosen }, places: [...places] });
  };
  visit(0);
  return found.sort(inCanonicalOrder).map(({ candidate }) => candidate);
}

interface Numbered {
  readonly candidate: Candidate;
  /** Of its values, by dimension. */
  readonly places: readonly number[];
}

function inCanonicalOrder(one: Numbered, other: Numbered): number {
  const last = one.places.findLastIndex((place, index) => place !== other.places[index]);
  return last === -1 ? 0 : one.places[last]! - other.places[last]!;
}

function tooMany(space: SearchSpace): QuantError {
  return new QuantError(
    "invalid-config",
    `Search space "${space.name}" has more than ${maximumCandidates} candidates; give its dimensions fewer values or forbid combinations with rules.`,
    { details: { field: "space" } },
  );
}
