import type { SearchStrategy } from "@halftone/core";
import { remaining, whole } from "./remaining.ts";

/** The space in canonical order. */
export function gridSearch(): SearchStrategy {
  return { name: "grid", ask: (question) => remaining(question).slice(0, question.count).map(whole) };
}
