import type { Candidate, SearchQuestion, Trial, Workload, WorkloadTrials } from "@halftone/core";
import { keyOf } from "../../space/candidate-key.ts";
import { measuredOf } from "../measured.ts";

/** Something measured of a network. */
export interface Row {
  readonly candidate: Candidate;
  readonly features: Workload["features"];
  /** The score in percent. */
  readonly points: number;
}

/**
 * Of the other workloads and of this one; here a failed trial is worth the least of all rows. In the same order whatever the order of the workloads, because
 * sums of rounded numbers depend on theirs.
 */
export function rowsOf({ workload, history, others }: SearchQuestion): readonly Row[] {
  const foreign = others
    .flatMap(foreignRows)
    .sort((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ row }) => row);
  const scores = history.flatMap(scoreOf);
  const factor = pointsPerUnit(workload, scores);
  const least = [...foreign.map(({ points }) => points), ...scores.map((score) => score * factor)].reduce((low, points) => Math.min(low, points));
  const own = history.map((trial) => {
    const [score] = scoreOf(trial);
    return { candidate: trial.candidate, features: workload.features, points: score === undefined ? least : score * factor };
  });
  return [...foreign, ...own];
}

function foreignRows(other: WorkloadTrials): readonly { readonly key: string; readonly row: Row }[] {
  const { id, features } = other.workload;
  return measuredOf([other]).flatMap(({ rows, best }) => {
    const factor = pointsPerUnit(other.workload, [best]);
    return rows.map(({ candidate, score }) => ({ key: JSON.stringify([id, keyOf(candidate)]), row: { candidate, features, points: score * factor } }));
  });
}

/** Scores that never exceed 1 are shares. */
function pointsPerUnit({ reference }: Workload, scores: readonly number[]): number {
  const largest = scores.reduce((most, score) => Math.max(most, score), reference ?? Number.NEGATIVE_INFINITY);
  return largest > 1 ? 1 : 100;
}

function scoreOf({ outcome }: Trial): readonly number[] {
  return outcome.status === "done" ? [outcome.score] : [];
}
