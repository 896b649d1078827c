import type { Json, QuantError, QuantEvent } from "@halftone/core";

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
  readonly onEvent: (event: QuantEvent) => void;
  /** A line for people. */
  readonly note: (line: string) => void;
}
