import type { Candidate, WorkloadTrials } from "@halftone/core";
import { keyOf } from "../space/candidate-key.ts";

/** What is known of another workload: the score of each candidate that was measured on all of the data. */
export interface Measured {
  readonly rows: readonly { readonly candidate: Candidate; readonly score: number }[];
  readonly best: number;
  /** How far the best is below the float model, where that is known. */
  readonly drop: number | undefined;
}

/** Workloads with two different scores or more; others cannot tell good from bad. */
export function measuredOf(others: readonly WorkloadTrials[]): readonly Measured[] {
  return others.flatMap(({ workload, trials }) => {
    const scores = new Map<string, { readonly candidate: Candidate; readonly score: number }>();
    for (const { candidate, effort, outcome } of trials) {
      if (effort === 1 && outcome.status === "done") scores.set(keyOf(candidate), { candidate, score: outcome.score });
    }
    const rows = [...scores.values()];
    if (new Set(rows.map(({ score }) => score)).size < 2) return [];
    const best = rows.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    return [{ rows, best, drop: workload.reference === undefined ? undefined : workload.reference - best }];
  });
}
