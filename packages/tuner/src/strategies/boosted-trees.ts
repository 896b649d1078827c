/**
 * Boosted trees on what was measured of this workload alone. Scores become their share of the ranks, so that a collapse weighs no more than any other
 * last place; an ensemble over resampled rows (bagging: Breiman, 1996) tells how sure the trees are; the largest expected improvement is next. The first
 * few candidates differ from each other in as many dimensions as possible.
 */
import { type Candidate, QuantError, type SearchQuestion, type SearchStrategy, seededRandom } from "@halftone/core";
import { type BoostingOptions, boost, predict } from "../model/boost.ts";
import { matrixOf } from "../model/rows.ts";
import { encoder } from "./encode.ts";
import { expectedImprovement } from "./expected-improvement.ts";
import { ranksOf } from "./ranks.ts";
import { remaining, whole } from "./remaining.ts";
import { shuffled } from "./shuffle.ts";

export interface BoostedTreesOptions {
  /** Candidates measured before the trees are asked. Default 6. */
  readonly initial?: number;
  /** Models in the ensemble. Default 8. */
  readonly bags?: number;
  /** Default 50 rounds of depth 3: there are few rows. */
  readonly trees?: BoostingOptions;
}

/** @throws `invalid-config` naming the option. */
export function boostedTrees({ initial = 6, bags = 8, trees = { rounds: 50, maxDepth: 3 } }: BoostedTreesOptions = {}): SearchStrategy {
  checkCount("initial", initial);
  checkCount("bags", bags);
  return {
    name: "boosted-trees",
    ask: (question) => {
      const random = seededRandom(question.seed);
      const left = [...remaining(question)];
      const started = [...question.history, ...question.pending].map(({ candidate }) => candidate);
      const chosen: Candidate[] = [];
      while (chosen.length < question.count && left.length > 0) {
        const known = [...started, ...chosen];
        const isEarly = known.length < initial || question.history.length === 0;
        const next = isEarly ? farthest(left, known, random) : mostPromising(left, question, bags, trees, random);
        chosen.push(next);
        left.splice(left.indexOf(next), 1);
      }
      return chosen.map(whole);
    },
  };
}

function farthest(left: readonly Candidate[], known: readonly Candidate[], random: () => number): Candidate {
  const distance = (candidate: Candidate): number => Math.min(...known.map((other) => differences(candidate, other)), Number.POSITIVE_INFINITY);
  return shuffled(left, random).reduce((best, candidate) => (distance(candidate) > distance(best) ? candidate : best));
}

function differences(one: Candidate, other: Candidate): number {
  return Object.keys({ ...one, ...other }).filter((name) => one[name] !== other[name]).length;
}

function mostPromising(left: readonly Candidate[], question: SearchQuestion, bags: number, trees: BoostingOptions, random: () => number): Candidate {
  const encode = encoder(question.space);
  const features = matrixOf(question.history.map(({ candidate }) => encode(candidate)));
  const targets = ranksOf(question.history);
  const rows = { features, targets, groups: new Int32Array(targets.length) };
  const unseen = matrixOf(left.map(encode));
  const predictions = Array.from({ length: bags }, () => {
    const drawn = Array.from(targets, () => Math.floor(random() * targets.length));
    return predict(boost(rows, trees, drawn), unseen);
  });
  const best = Math.max(...targets);
  const gains = left.map((_, index) => {
    const each = predictions.map((prediction) => prediction[index]!);
    const mean = each.reduce((sum, value) => sum + value, 0) / bags;
    const variance = each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / bags;
    return expectedImprovement(mean, Math.sqrt(variance), best);
  });
  return left[gains.indexOf(Math.max(...gains))]!;
}

function checkCount(field: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new QuantError("invalid-config", `Option "${field}" of boosted trees is not valid: ${value} is not a whole number from 1.`, { details: { field } });
}
