import type { SearchSpace, Trial, TuneResult, Workload } from "@halftone/core";

export interface SearchSummary {
  /** As the user wrote them. */
  readonly files: {
    readonly model: string;
    readonly journal: string;
    readonly output: string | undefined;
    readonly plan: string | undefined;
    readonly report: string | undefined;
  };
  readonly target: string;
  readonly strategy: string;
  readonly seed: number;
  readonly space: SearchSpace;
  readonly candidates: number;
  readonly workload: Workload;
  /** Name of the score. */
  readonly metric: string;
  readonly result: TuneResult;
  readonly winner: Trial | undefined;
}

/** Whole trials that were carried out, the best first; of equals the first started. */
export function ranking(trials: readonly Trial[]): readonly Trial[] {
  return trials
    .filter(({ effort, outcome }) => effort === 1 && outcome.status === "done")
    .sort((one, other) => scoreOf(other) - scoreOf(one) || one.id - other.id);
}

function scoreOf({ outcome }: Trial): number {
  return outcome.status === "done" ? outcome.score : Number.NEGATIVE_INFINITY;
}
