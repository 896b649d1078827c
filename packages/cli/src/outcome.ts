import type { Json, QuantError, QuantEvent, Trial } from "@halftone/core";

/** A trial of a search has ended. */
export interface TrialEnd {
  readonly type: "trial-end";
  readonly trial: Trial;
  /** Id of the best so far. */
  readonly best: number | undefined;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number;
  /** All of it, for people. */
  readonly text: string;
}

export type CliEvent = QuantEvent | TrialEnd;

/** What a command answers, once for machines and once for people. */
export interface Outcome {
  readonly json: { readonly [key: string]: Json };
  readonly text: string;
  /** Set when the work was done and the command fails nevertheless. */
  readonly failure?: QuantError;
}

/** What a running command may use besides its arguments. */
export interface Context {
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CliEvent) => void;
  /** A line for people. */
  readonly note: (line: string) => void;
}
