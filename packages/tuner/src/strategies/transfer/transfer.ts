/**
 * Boosted trees with transfer. Quantune (Lee et al., arXiv 2202.05048) fits one model to the rows of all networks; here every other workload keeps a model
 * of its own, and what they share is the starting point for a new one:
 *
 *     1. closeness of a candidate in a workload: the reciprocal of its rank, a function of its distance to the best
 *     2. boosted trees per workload tell the distances, also where nothing was measured
 *     3. the mean over workloads, smoothed over similar candidates, is the expectation for a new workload
 *     4. a Gaussian process on the remainder follows what is measured in the new one; its correlations are how other workloads deviate from each other
 *     5. the candidate with the largest expected improvement is next; the first in canonical order of equals
 *
 * The doubt about a candidate is larger where fewer workloads measured it. Nothing is drawn at random.
 */
import type { Candidate, SearchQuestion, SearchSpace, SearchStrategy, Trial, WorkloadTrials } from "@halftone/core";
import { condition, type Observed } from "../../model/gaussian-process.ts";
import { boostedTrees } from "../boosted-trees.ts";
import { expectedImprovement } from "../expected-improvement.ts";
import { remaining, whole } from "../remaining.ts";
import { type Knowledge, learn } from "./knowledge.ts";

export interface TransferOptions {
  /** Asked while no other workload is known. Default boosted trees on this workload alone. */
  readonly fallback?: SearchStrategy;
}

/** Of the variance of closeness: repeated measurements agree that well. */
const noiseShare = 0.03;

export function transferSearch({ fallback = boostedTrees() }: TransferOptions = {}): SearchStrategy {
  const learned = remembered();
  return {
    name: "transfer",
    ask: (question) => {
      const knowledge = learned(question.space, question.others);
      return knowledge === undefined ? fallback.ask(question) : propose(question, knowledge).map(whole);
    },
  };
}

function propose(question: SearchQuestion, knowledge: Knowledge): readonly Candidate[] {
  const { prior, variance } = knowledge;
  const noise = noiseShare * variance;
  const observed = observations(question, knowledge, noise);
  const believe = (candidate: Candidate): void => {
    observed.push({ point: candidate, value: condition(prior, observed).mean(candidate), noise });
  };
  for (const { candidate } of question.pending) believe(candidate);
  const left = [...remaining(question)];
  const chosen: Candidate[] = [];
  while (chosen.length < question.count && left.length > 0) {
    const posterior = condition(prior, observed);
    const best = observed.length > 0 ? Math.max(...observed.map(({ value }) => value)) : Math.max(...left.map(posterior.mean));
    const gains = left.map((candidate) => expectedImprovement(posterior.mean(candidate), posterior.deviation(candidate), best));
    const [next] = left.splice(gains.indexOf(Math.max(...gains)), 1);
    chosen.push(next!);
    believe(next!);
  }
  return chosen;
}

function observations({ history, workload }: SearchQuestion, { closeness, usualDrop }: Knowledge, noise: number): Observed<Candidate>[] {
  const reached = Math.max(Number.NEGATIVE_INFINITY, ...history.map(scoreOf));
  const within = workload.reference === undefined || usualDrop === undefined ? Number.NEGATIVE_INFINITY : workload.reference - usualDrop;
  const reachable = Math.max(reached, within);
  return history.map((trial) => ({ point: trial.candidate, value: closeness(regretOf(scoreOf(trial), reachable)), noise }));
}

function regretOf(score: number, reachable: number): number {
  return score === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : reachable - score;
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}

/** Learning from the others takes longer than a question: what was learned last is kept, and forgotten with what it was learned from. */
function remembered(): (space: SearchSpace, others: readonly WorkloadTrials[]) => Knowledge | undefined {
  const known = new WeakMap<readonly WorkloadTrials[], { readonly space: SearchSpace; readonly knowledge: Knowledge | undefined }>();
  return (space, others) => {
    const last = known.get(others);
    if (last?.space === space) return last.knowledge;
    const knowledge = learn(space, others);
    known.set(others, { space, knowledge });
    return knowledge;
  };
}
