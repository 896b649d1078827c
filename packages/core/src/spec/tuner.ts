import type { ErrorCode } from "./error.ts";
import type { RunOptions } from "./quantizer.ts";

/** A point of the search space. */
export type Candidate = Readonly<Record<string, string | number | boolean>>;

export type SearchDimension =
  | { readonly kind: "choice"; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: "range"; readonly min: number; readonly max: number; readonly step?: number; readonly log?: boolean };

export type SearchSpace = Readonly<Record<string, SearchDimension>>;

/** A trial's end. A failed trial is data: the search goes on. */
export type Outcome =
  | { readonly status: "done"; readonly score: number; readonly metrics: Readonly<Record<string, number>> }
  | { readonly status: "pruned"; readonly reason: string }
  | { readonly status: "failed"; readonly code: ErrorCode; readonly message: string };

export interface Trial {
  readonly id: number;
  /** Model, data and target the trial belongs to. */
  readonly workload: string;
  readonly candidate: Candidate;
  readonly outcome: Outcome;
}

/** A pure function of the history: the same journal always asks for the same candidates. */
export interface SearchStrategy {
  ask(space: SearchSpace, history: readonly Trial[], count: number, random: () => number): readonly Candidate[];
}

/** Append-only: the journal is the state, so a stopped search resumes by reading it. */
export interface TrialStore {
  append(trial: Trial): Promise<void>;
  read(): AsyncIterable<Trial>;
}

export interface Executor {
  readonly concurrency: number;
  execute(candidate: Candidate, signal: AbortSignal): Promise<Outcome>;
}

export interface TuneOptions extends RunOptions {
  readonly workload: string;
  readonly space: SearchSpace;
  readonly strategy: SearchStrategy;
  readonly executor: Executor;
  readonly store: TrialStore;
  readonly trials: number;
}

/** Drives the pipeline from above and knows none of its insides. */
export interface Tuner {
  /** Resolves to the best trial that is `done`. */
  tune(options: TuneOptions): Promise<Trial>;
}
