/**
 * How alike two candidates are: the product over the dimensions in which they differ of a correlation per dimension. The correlations are read off
 * the variogram (Matheron, 1963), rho = 1 - mean (e - e')^2 / (2 variance of e), over pairs that differ in that dimension alone.
 */
import type { Candidate, SearchSpace } from "@halftone/core";
import { varianceOf } from "../../model/averages.ts";

export type Similarity = (one: Candidate, other: Candidate) => number;

/** What a function is worth at some points; points of one series belong to one function. */
export type Series = readonly { readonly candidate: Candidate; readonly value: number }[];

/** Where no pair tells. */
const unknown = 0.5;
/** Never quite the same, never quite unrelated. */
const [least, most] = [0.02, 0.97];

export function similarityOf(space: SearchSpace, series: readonly Series[]): Similarity {
  const names = space.dimensions.map(({ name }) => name);
  const sums = new Map(names.map((name) => [name, { difference: 0, pairs: 0 }]));
  for (const each of series) {
    const variance = varianceOf(each.map(({ value }) => value));
    if (variance === 0) continue;
    for (const [index, one] of each.entries()) {
      for (const other of each.slice(index + 1)) {
        const differing = names.filter((name) => one.candidate[name] !== other.candidate[name]);
        if (differing.length !== 1) continue;
        const sum = sums.get(differing[0]!)!;
        sum.difference += (one.value - other.value) ** 2 / (2 * variance);
        sum.pairs++;
      }
    }
  }
  const correlations = [...sums.values()].map(({ difference, pairs }) => (pairs === 0 ? unknown : Math.min(most, Math.max(least, 1 - difference / pairs))));
  return (one, other) => names.reduce((product, name, index) => (one[name] === other[name] ? product : product * correlations[index]!), 1);
}
