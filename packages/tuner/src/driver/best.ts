import type { Trial } from "@halftone/core";

/** The best trial on all of the data; of equals the one that was started first. */
export function bestOf(trials: readonly Trial[]): Trial | undefined {
  let best: Trial | undefined;
  for (const trial of trials) {
    if (trial.effort !== 1 || trial.outcome.status !== "done") continue;
    if (best === undefined || isBetter(trial, best)) best = trial;
  }
  return best;
}

function isBetter(one: Trial, other: Trial): boolean {
  const [left, right] = [scoreOf(one), scoreOf(other)];
  return left === right ? one.id < other.id : left > right;
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}
