import { type Json, type Outcome, type Proposal, QuantError } from "@halftone/core";
import { keyOf, parseOutcome, parseProposal } from "@halftone/tuner";

/** A trial as it waits in the queue. JSON. */
export interface TrialJob {
  readonly version: 1;
  /** Id of the search's workload: a worker whose files make another one of it refuses the trial. */
  readonly workload: string;
  /** What a worker needs to carry it out. */
  readonly setup: Json;
  readonly proposal: Proposal;
}

/** What a worker answers. An error is no fault of the candidate: it ends the search. */
export type TrialAnswer =
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "error"; readonly code: QuantError["code"]; readonly message: string };

/** Where trials wait, unless another queue is named. */
export const defaultQueue = "halftone";

/** The same for the same trial, so that asking twice does the work once. */
export async function jobIdOf({ workload, setup, proposal }: TrialJob): Promise<string> {
  const facts = new TextEncoder().encode(JSON.stringify([workload, setup, keyOf(proposal.candidate), proposal.effort]));
  return Buffer.from(await crypto.subtle.digest("SHA-256", facts)).toString("hex");
}

/** What is in a queue is untrusted. @throws `invalid-data` naming the field. */
export function parseJob(value: unknown): TrialJob {
  const { version, workload, setup, proposal } = (typeof value === "object" && value !== null ? value : {}) as Partial<TrialJob>;
  if (version !== 1) throw invalid("version", `${JSON.stringify(version)} is not 1, the version that this release reads`);
  if (typeof workload !== "string") throw invalid("workload", "is no text");
  return { version, workload, setup: setup ?? null, proposal: parseProposal(proposal) };
}

/** @throws the error that ended the trial at its worker, `invalid-data` when the answer is none. */
export function outcomeOf(value: unknown): Outcome {
  const answer = (typeof value === "object" && value !== null ? value : {}) as Partial<TrialAnswer>;
  if (answer.kind === "outcome") return parseOutcome(answer.outcome);
  if (answer.kind === "error" && typeof answer.code === "string" && typeof answer.message === "string") throw new QuantError(answer.code, answer.message);
  throw invalid("answer", "is neither an outcome nor an error");
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-data", `A trial in the queue, field ${field}: ${problem}.`, { details: { field } });
}
