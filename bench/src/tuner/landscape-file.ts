import type { Candidate } from "@halftone/core";

/** A model of which every candidate of quantune-96 was measured. JSON. */
export interface LandscapeFile {
  readonly command: string;
  /** What is to be known about the model. */
  readonly note: string;
  readonly machine: string;
  readonly model: string;
  readonly samples: { readonly calibration: number; readonly evaluation: number };
  /** Top-1 of the float model, a share. */
  readonly reference: number;
  readonly features: Readonly<Record<string, number>>;
  /** Candidates, each with its top-1, a share, and the size of its model. */
  readonly trials: readonly (Candidate & { readonly top1: number; readonly bytes: number })[];
}

/** One line for each candidate. */
export function landscapeText({ trials, ...head }: LandscapeFile): string {
  const lines = trials.map((trial) => `    ${JSON.stringify(trial)}`);
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "trials": [\n${lines.join(",\n")}\n  ]\n}\n`;
}
