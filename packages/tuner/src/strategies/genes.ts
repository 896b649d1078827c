import type { Candidate, SearchSpace, SearchValue } from "@halftone/core";
import { isActive } from "../space/conditions.ts";

export type Population = readonly Candidate[];

/** Chances fall linearly with the rank: of n candidates the first is drawn n times as often as the last. */
export function rankedDraw(ranked: Population, random: () => number): Candidate {
  const count = ranked.length;
  const drawn = random() * ((count * (count + 1)) / 2);
  return ranked.find((_, place) => drawn < (place + 1) * (count - place / 2)) ?? ranked[count - 1]!;
}

/** One cut: dimensions before it come from one parent, the others from the other. */
export function crossed({ dimensions }: SearchSpace, mother: Candidate, father: Candidate, random: () => number): Candidate {
  const cut = 1 + Math.floor(random() * (dimensions.length - 1));
  return active(dimensions, (name, index) => (index < cut ? mother : father)[name]);
}

export function mutated({ dimensions }: SearchSpace, candidate: Candidate, chance: number, random: () => number): Candidate {
  const drawn = dimensions.map(({ values }) => (random() < chance ? values[Math.floor(random() * values.length)] : undefined));
  return active(dimensions, (name, index) => drawn[index] ?? candidate[name]);
}

/** What of a genome shows: inactive genes are silent, active ones without a value take the first. */
function active(dimensions: SearchSpace["dimensions"], gene: (name: string, index: number) => SearchValue | undefined): Candidate {
  const candidate: Record<string, SearchValue> = {};
  for (const [index, dimension] of dimensions.entries()) {
    if (isActive(dimension, candidate)) candidate[dimension.name] = gene(dimension.name, index) ?? dimension.values[0]!;
  }
  return candidate;
}
