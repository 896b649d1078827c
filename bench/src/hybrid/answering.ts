import type { Candidate, Executor, Outcome } from "@halftone/core";
import type { AnswersFile } from "./answers-file.ts";
import type { Halves } from "./halves.ts";

export interface AnsweringOptions {
  readonly executor: Executor;
  readonly halves: Halves;
  readonly answers: AnswersFile;
}

/** Carries out a candidate on all samples, unless that was done before, and keeps its answers. @throws where the candidate fails. */
export async function answer(candidate: Candidate, { executor, halves, answers }: AnsweringOptions) {
  const known = answers.find(candidate);
  if (known) return known;
  const start = performance.now();
  const outcome = await executor.execute({ candidate, effort: 1 }, new AbortController().signal);
  if (outcome.status === "failed") throw new Error(`${JSON.stringify(candidate)}: ${outcome.message}`);
  const seconds = (performance.now() - start) / 1000;
  const answered = { candidate, bytes: outcome.metrics["bytes"]!, seconds, answers: halves.lastAnswers() };
  await answers.append(answered);
  return answered;
}

/** The same executor for a search: what is larger than `most` bytes has failed. */
export function withinBytes(most: number, { executor, halves, answers }: AnsweringOptions): Executor {
  return {
    concurrency: 1,
    execute: async (proposal, signal): Promise<Outcome> => {
      const start = performance.now();
      const outcome = await executor.execute(proposal, signal);
      if (outcome.status === "failed") return outcome;
      const bytes = outcome.metrics["bytes"]!;
      await answers.append({ candidate: proposal.candidate, bytes, seconds: (performance.now() - start) / 1000, answers: halves.lastAnswers() });
      return bytes <= most
        ? outcome
        : { status: "failed", code: "invalid-config", message: `Its model has ${bytes} bytes, and ${most.toFixed(0)} are allowed.` };
    },
  };
}
