import type { Candidate } from "@halftone/core";

export function candidateText(candidate: Candidate): string {
  return Object.entries(candidate)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
