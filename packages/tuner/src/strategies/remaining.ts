import type { Candidate, Proposal, SearchQuestion } from "@halftone/core";
import { keyOf } from "../space/candidate-key.ts";
import { enumerate } from "../space/enumerate.ts";

/** The candidates that are neither finished nor pending, in canonical order. */
export function remaining({ space, history, pending }: Pick<SearchQuestion, "space" | "history" | "pending">): readonly Candidate[] {
  const taken = new Set([...history, ...pending].map(({ candidate }) => keyOf(candidate)));
  return enumerate(space).filter((candidate) => !taken.has(keyOf(candidate)));
}

/** To be measured on all of the data. */
export function whole(candidate: Candidate): Proposal {
  return { candidate, effort: 1 };
}
