import { type ErrorCode, type Json, type Outcome, type Proposal, QuantError } from "@halftone/core";

/** What a module that carries out trials in a process of its own exports by default. */
export type OpenTrials = (setup: Json) => Promise<TrialHost>;

export interface TrialHost {
  /** What goes wrong with the candidate is an outcome; anything that is thrown ends the search. */
  execute(proposal: Proposal, signal: AbortSignal): Promise<Outcome>;
}

/** What the child is asked; each is answered once, the next not asked before. */
export type Request =
  | { readonly kind: "open" /** URL. */; readonly module: string; readonly setup: Json }
  | { readonly kind: "trial"; readonly proposal: Proposal };

export type Answer =
  | { readonly kind: "opened" }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string; readonly details: Readonly<Record<string, Json>> };

export function failedAnswer(error: unknown): Answer {
  const known = QuantError.is(error) ? error : new QuantError("internal", error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { kind: "failed", code: known.code, message: known.message, details: known.details };
}
