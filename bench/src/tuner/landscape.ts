import type { Candidate, SearchSpace, Trial, Workload, WorkloadTrials } from "@halftone/core";
import { enumerate, keyOf } from "@halftone/tuner";

/** A network of which every candidate of a space was measured. Scores are percent. */
export interface Landscape {
  readonly name: string;
  readonly space: SearchSpace;
  readonly table: WorkloadTrials;
  scoreOf(candidate: Candidate): number;
}

/** Trials in the canonical order of the space, whatever that of the rows. */
export function landscapeOf(workload: Workload, space: SearchSpace, rows: readonly (readonly [Candidate, number])[]): Landscape {
  const scores = new Map(rows.map(([candidate, score]) => [keyOf(candidate), score]));
  const candidates = enumerate(space);
  const trials = candidates.map((candidate, id): Trial => {
    const score = scores.get(keyOf(candidate));
    if (score === undefined) throw new Error(`${workload.id}: no figure for ${JSON.stringify(candidate)}`);
    return { id, workload: workload.id, candidate, effort: 1, outcome: { status: "done", score, metrics: {} } };
  });
  if (scores.size !== candidates.length) throw new Error(`${workload.id}: ${scores.size} figures for ${candidates.length} candidates`);
  return { name: workload.id, space, table: { workload, trials }, scoreOf: (candidate) => scores.get(keyOf(candidate))! };
}
