import type { ErrorCode } from "./error.ts";
import type { RunOptions } from "./quantizer.ts";

/** A value that a dimension of a search space takes. */
export type SearchValue = string | number | boolean;

/** A point of a search space: one value for every dimension that is active there, and nothing else. */
export type Candidate = Readonly<Record<string, SearchValue>>;

/** Holds for a candidate whose value of each named dimension is among those listed. An inactive dimension is never among them. */
export type SearchCondition = Readonly<Record<string, readonly SearchValue[]>>;

/** One thing that can be chosen. */
export interface SearchDimension {
  readonly name: string;
  /** In canonical order: grid search tries them in this order, ties are broken by it. At least one; no value twice. */
  readonly values: readonly SearchValue[];
  /** The dimension exists only where this holds; it may name dimensions that come before it. Default: everywhere. */
  readonly when?: SearchCondition;
}

/** An option of a method that a search may choose. In a space it is the dimension `METHOD.OPTION`, which exists where the method is chosen. */
export interface OptionDimension {
  /** As the method's factory takes it. */
  readonly name: string;
  /** As in {@link SearchDimension}. */
  readonly values: readonly SearchValue[];
}

/** Forbids combinations: where `when` holds, `only` must hold too. */
export interface SearchRule {
  readonly when: SearchCondition;
  readonly only: SearchCondition;
  /** For people: why the other combinations make no sense. */
  readonly reason: string;
}

/** Everything a search may choose, as JSON. Candidates are counted with the first dimension running fastest. */
export interface SearchSpace {
  readonly name: string;
  readonly dimensions: readonly SearchDimension[];
  readonly rules?: readonly SearchRule[];
}

/** What a search is for: a model on its data and target. Trials of different workloads are never compared by score. */
export interface Workload {
  /** Unique for model, data and target. */
  readonly id: string;
  /** What is known of the model before any trial, such as how many convolutions it has. */
  readonly features: Readonly<Record<string, number>>;
  /** The score of the float model, where it is known: tells strategies how much there is left to gain. */
  readonly reference?: number;
  /** Of its scores: `nats` are minus a divergence from the float model. Default: shares in [0, 1], or a unit of the caller's own. */
  readonly unit?: "nats";
}

/** A trial's end. A failed trial is data: the search goes on. */
export type Outcome =
  | {
      readonly status: "done";
      /** Larger is better. */
      readonly score: number;
      /** Everything else that was measured, such as bytes and seconds of a run. */
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly status: "failed"; readonly code: ErrorCode; readonly message: string };

/** What a strategy wants measured. */
export interface Proposal {
  readonly candidate: Candidate;
  /** Share of the evaluation data to measure it on, above 0 and at most 1. */
  readonly effort: number;
}

/** A proposal that was carried out. */
export interface Trial extends Proposal {
  /** Counts the trials of a workload from 0, in the order in which they were started. */
  readonly id: number;
  /** {@link Workload.id}. */
  readonly workload: string;
  readonly outcome: Outcome;
}

/** A workload and what was measured of it: what a search for another workload may learn from. */
export interface WorkloadTrials {
  readonly workload: Workload;
  readonly trials: readonly Trial[];
}

/** All that a strategy may know. */
export interface SearchQuestion {
  readonly space: SearchSpace;
  readonly workload: Workload;
  /** Finished trials of this workload, in the order in which they were started. */
  readonly history: readonly Trial[];
  /** Being carried out: proposed, but without an outcome yet. */
  readonly pending: readonly Proposal[];
  /** Other workloads; the order has no meaning. */
  readonly others: readonly WorkloadTrials[];
  /** Proposals asked for, at least 1. */
  readonly count: number;
  readonly seed: number;
}

/** Decides what to measure next. */
export interface SearchStrategy {
  readonly name: string;
  /**
   * A pure function of the question: the same journal always asks for the same trials. Proposals are legal points of the space, none of them
   * finished or pending with the same effort. Fewer than asked for: nothing is left until pending trials end; none although nothing is pending: the search is over.
   */
  ask(question: SearchQuestion): readonly Proposal[];
}

/** A line of a journal. The first is the header; nothing is ever changed or removed. */
export type JournalEntry =
  | {
      readonly kind: "header";
      readonly version: 1;
      /** Of the space: see `fingerprintOf` of the tuner. */
      readonly space: string;
      readonly workload: Workload;
    }
  | { readonly kind: "trial"; readonly trial: Trial };

/** Append-only: the journal is the state, so a stopped search resumes by reading it. */
export interface TrialStore {
  /** Resolves when the entry would survive the end of the process. Calls that overlap are kept in order. @throws `write-failed`. */
  append(entry: JournalEntry): Promise<void>;
  /** What was appended so far, in order; nothing of an entry whose writing was interrupted. @throws `invalid-data` when the store holds something else. */
  read(): AsyncIterable<JournalEntry>;
}

/** Carries trials out. */
export interface Executor {
  /** How many trials it carries out at once, at least 1. */
  readonly concurrency: number;
  /** What goes wrong with the candidate is an outcome. @throws `aborted` when the signal fired; anything else that is thrown ends the search. */
  execute(proposal: Proposal, signal: AbortSignal): Promise<Outcome>;
}

/** What happens during a search, noun-verb. */
export type TuneEvent =
  | { readonly type: "trial-start"; readonly id: number; readonly proposal: Proposal }
  | { readonly type: "trial-end"; readonly trial: Trial; readonly best: Trial | undefined; readonly done: number; readonly total: number };

/** A search. */
export interface TuneOptions extends Omit<RunOptions, "onEvent"> {
  readonly workload: Workload;
  readonly space: SearchSpace;
  readonly strategy: SearchStrategy;
  readonly executor: Executor;
  readonly store: TrialStore;
  /** How many trials there are to be in the journal at the end, those of earlier runs included. */
  readonly trials: number;
  /** Rows of other workloads, with scores in the same unit. Default: none. */
  readonly others?: readonly WorkloadTrials[];
  /** No trial is started later than this after the start. Default: no limit. */
  readonly timeBudgetSeconds?: number;
  /** The search ends with the first whole trial whose score is at most this below `workload.reference`. Default: never. */
  readonly targetDrop?: number;
  /** Seconds, monotonic. Default: the platform's. */
  readonly now?: () => number;
  readonly onEvent?: (event: TuneEvent) => void;
}

/** Why a search ended. */
export type TuneEnd = "trials" | "target" | "time" | "exhausted" | "aborted";

/** How a search ended. An aborted one has a result too. */
export interface TuneResult {
  /** The best whole trial (effort 1) that is `done`; the earlier one of a tie. Undefined where none is. */
  readonly best: Trial | undefined;
  /** Of this workload, earlier runs included, in the order in which they ended. */
  readonly trials: readonly Trial[];
  readonly end: TuneEnd;
}

/** Drives the pipeline from above and knows none of its insides. */
export interface Tuner {
  /** @throws `journal-mismatch` when the store holds another workload or space, `invalid-config` naming the field, `write-failed`. */
  tune(options: TuneOptions): Promise<TuneResult>;
}
