/**
 * A genetic algorithm over the dimensions of the space (Holland, 1975), as Quantune compares with (arXiv 2202.05048): parents by linear rank, one cut,
 * mutation per gene, the best of a generation lives on. Nothing is kept between questions: generations are bred anew from the seed, each as far as the
 * history knows its scores; what it does not know is proposed. A candidate measured before costs nothing, a failed one is worth the least.
 */
import { type Candidate, type Proposal, QuantError, type SearchSpace, type SearchStrategy, seededRandom, type Trial } from "@halftone/core";
import { keyOf } from "../space/candidate-key.ts";
import { enumerate } from "../space/enumerate.ts";
import { crossed, mutated, type Population, rankedDraw } from "./genes.ts";
import { whole } from "./remaining.ts";
import { shuffled } from "./shuffle.ts";

export interface GeneticOptions {
  /** Default 8. */
  readonly population?: number;
  /** Chance that two parents are crossed rather than copied. Default 0.8. */
  readonly crossover?: number;
  /** Chance for each gene to be drawn anew. Default 0.1. */
  readonly mutation?: number;
  /** `paper`: population 2, which is what Quantune's figures were measured with. */
  readonly preset?: "paper";
}

/** Generations in a row that hold nothing new: the population has converged, the rest of the space is tried at random. */
const patience = 25;

/** @throws `invalid-config` naming the option. */
export function geneticSearch(options: GeneticOptions = {}): SearchStrategy {
  const { preset, population = preset === "paper" ? 2 : 8, crossover = 0.8, mutation = 0.1 } = options;
  if (!Number.isInteger(population) || population < 2) {
    throw new QuantError("invalid-config", `Option "population" of genetic search is not valid: ${population} is not a whole number from 2.`, {
      details: { field: "population" },
    });
  }
  return {
    name: preset === "paper" ? "genetic-paper" : "genetic",
    ask: ({ space, history, pending, count, seed }) => {
      const random = seededRandom(seed);
      const order = shuffled(enumerate(space), random);
      const legal = new Map(order.map((candidate) => [keyOf(candidate), candidate]));
      const scores = scoresOf(history, legal);
      const taken = new Set([...scores.keys(), ...pending.map(({ candidate }) => legal.get(keyOf(candidate)))]);
      const untaken = (candidates: Population): readonly Proposal[] =>
        candidates
          .filter((candidate) => !taken.has(candidate))
          .slice(0, count)
          .map(whole);
      const met = new Set<Candidate>();
      let generation: Population = order.slice(0, population);
      for (let idle = 0; idle < patience; idle++) {
        const unknown = [...new Set(generation)].filter((candidate) => !scores.has(candidate));
        if (unknown.length > 0) return untaken(unknown);
        const before = met.size;
        for (const candidate of generation) met.add(candidate);
        if (met.size > before) idle = 0;
        generation = breed(space, generation, scores, legal, { crossover, mutation }, random);
      }
      return untaken(order);
    },
  };
}

/** Parents and children are the very objects of `legal`. */
function breed(
  space: SearchSpace,
  parents: Population,
  scores: ReadonlyMap<Candidate, number>,
  legal: ReadonlyMap<string, Candidate>,
  { crossover, mutation }: { readonly crossover: number; readonly mutation: number },
  random: () => number,
): Population {
  const ranked = [...parents].sort((one, other) => scores.get(other)! - scores.get(one)!);
  const children: Candidate[] = [ranked[0]!];
  while (children.length < parents.length) {
    const [mother, father] = [rankedDraw(ranked, random), rankedDraw(ranked, random)];
    const child = mutated(space, random() < crossover ? crossed(space, mother, father, random) : mother, mutation, random);
    children.push(legal.get(keyOf(child)) ?? mother);
  }
  return children;
}

function scoresOf(history: readonly Trial[], legal: ReadonlyMap<string, Candidate>): ReadonlyMap<Candidate, number> {
  const scores = history.map(({ candidate, outcome }) => {
    return [legal.get(keyOf(candidate)) ?? candidate, outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY] as const;
  });
  return new Map(scores);
}
