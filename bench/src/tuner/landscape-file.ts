import type { Candidate, SearchValue } from "@halftone/core";

/** A classifier of which every candidate of quantune-96 was measured. JSON. */
export interface LandscapeFile {
  /** What wrote it. */
  readonly command: string;
  readonly machine: string;
  readonly model: string;
  /** What is to be known about the model's weights. */
  readonly weights: string;
  readonly samples: { readonly calibration: number; readonly evaluation: number };
  readonly features: Readonly<Record<string, number>>;
  /** Right answers of the float model to the evaluation samples. */
  readonly float: number;
  /** Names of the space's dimensions. */
  readonly dimensions: readonly string[];
  /** Of each candidate: its values, its right answers, and the bytes of its model. */
  readonly trials: readonly (readonly [...SearchValue[], right: number, bytes: number])[];
}

/** A line for each candidate. */
export function landscapeText({ trials, dimensions, ...head }: LandscapeFile): string {
  const inline = (values: readonly unknown[]): string => `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
  const lines = trials.map((trial) => `    ${inline(trial)}`);
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "dimensions": ${inline(dimensions)},\n  "trials": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** Each candidate with its top-1 in percent. */
export function rowsOf({ dimensions, trials, samples }: LandscapeFile): readonly (readonly [Candidate, number])[] {
  return trials.map((trial) => {
    const candidate = Object.fromEntries(dimensions.map((name, index) => [name, trial[index]!]));
    return [candidate, (100 * Number(trial.at(-2))) / samples.evaluation];
  });
}
