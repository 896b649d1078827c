import type { SearchStrategy, Trial, WorkloadTrials } from "@halftone/core";
import type { Landscape } from "./landscape.ts";

/**
 * How many candidates a strategy measures until one is within `tolerance` of the landscape's best. It is told the score of a candidate only after having
 * asked for it.
 */
export function trialsTo(landscape: Landscape, strategy: SearchStrategy, others: readonly WorkloadTrials[], tolerance: number, seed: number): number {
  const { space, table } = landscape;
  const goal = bestOf(landscape) - tolerance - 1e-9;
  const history: Trial[] = [];
  for (;;) {
    const [proposal] = strategy.ask({ space, workload: table.workload, history, pending: [], others, count: 1, seed });
    if (proposal === undefined) throw new Error(`${strategy.name} gave up on ${landscape.name} after ${history.length} trials`);
    const score = landscape.scoreOf(proposal.candidate);
    history.push({ ...proposal, id: history.length, workload: landscape.name, outcome: { status: "done", score, metrics: {} } });
    if (score >= goal) return history.length;
  }
}

export function bestOf({ table }: Landscape): number {
  return Math.max(...table.trials.map(scoreOf));
}

/** Uniform draws without replacement reach one of k goals among N in (N + 1) / (k + 1) trials. */
export function expectedRandom(landscape: Landscape, tolerance: number): number {
  const goal = bestOf(landscape) - tolerance - 1e-9;
  const goals = landscape.table.trials.filter((trial) => scoreOf(trial) >= goal).length;
  return (landscape.table.trials.length + 1) / (goals + 1);
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}
