/**
 * Successive halving over the evaluation data (Jamieson and Talwalkar, arXiv 1502.07943), in the asynchronous form (ASHA, Li et al., arXiv 1810.05934):
 * candidates of another strategy are measured on a small share of the data; of every `reduction` results of a rung the best is measured again on
 * `reduction` times as much. Nothing waits for a rung to fill.
 */
import { type Proposal, QuantError, type SearchQuestion, type SearchStrategy, type Trial } from "@halftone/core";
import { keyOf } from "../space/candidate-key.ts";

export interface SuccessiveHalvingOptions {
  /** How many results it takes to promote one. Default 3. */
  readonly reduction?: number;
  /** Share of the data that a candidate is first measured on. Default 1/9. */
  readonly smallest?: number;
}

/** @throws `invalid-config` naming the option. */
export function successiveHalving(inner: SearchStrategy, { reduction = 3, smallest = 1 / 9 }: SuccessiveHalvingOptions = {}): SearchStrategy {
  if (!(reduction > 1)) throw invalid("reduction", `${reduction} is not above 1`);
  if (!(smallest > 0 && smallest < 1)) throw invalid("smallest", `${smallest} is not between 0 and 1`);
  const rungs = rungsOf(smallest, reduction);
  return {
    name: `halving:${inner.name}`,
    ask: (question) => {
      const proposals: Proposal[] = [];
      while (proposals.length < question.count) {
        const now = { ...question, pending: [...question.pending, ...proposals], count: 1 };
        const next = promotion(now, rungs, reduction) ?? fresh(now, inner, rungs[0]!);
        if (next === undefined) break;
        proposals.push(next);
      }
      return proposals;
    },
  };
}

/** Ascending, the last is all of the data. */
function rungsOf(smallest: number, reduction: number): readonly number[] {
  const rungs: number[] = [];
  for (let effort = smallest; effort < 1 - 1e-9; effort *= reduction) rungs.push(effort);
  return [...rungs, 1];
}

/** The highest rung from which something can rise. */
function promotion({ history, pending }: SearchQuestion, rungs: readonly number[], reduction: number): Proposal | undefined {
  for (let rung = rungs.length - 2; rung >= 0; rung--) {
    const results = history.filter(({ effort, outcome }) => effort === rungs[rung] && outcome.status === "done");
    const above = new Set([...history, ...pending].filter(({ effort }) => effort === rungs[rung + 1]).map(({ candidate }) => keyOf(candidate)));
    const best = [...results].sort((one, other) => scoreOf(other) - scoreOf(one)).slice(0, Math.floor(results.length / reduction));
    const risen = best.find(({ candidate }) => !above.has(keyOf(candidate)));
    if (risen) return { candidate: risen.candidate, effort: rungs[rung + 1]! };
  }
  return undefined;
}

/** The inner strategy sees each candidate once, by what was measured last. */
function fresh(question: SearchQuestion, inner: SearchStrategy, effort: number): Proposal | undefined {
  const latest = new Map(question.history.map((trial) => [keyOf(trial.candidate), { ...trial, effort: 1 }]));
  const [proposal] = inner.ask({ ...question, history: [...latest.values()] });
  return proposal && { ...proposal, effort };
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Option "${field}" of successive halving is not valid: ${problem}.`, { details: { field } });
}
