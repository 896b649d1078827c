import type { QuantEvent } from "@halftone/core";

/** What the user waits for, in order. */
export const steps = ["read", "normalize", "calibrate", "plan", "rewrite", "verify", "sensitivity", "answers"] as const;
export type Step = (typeof steps)[number];

export const stepNames: Readonly<Record<Step, string>> = {
  read: "Reading the model",
  normalize: "Normalizing the graph",
  calibrate: "Calibrating on the pictures",
  plan: "Finding encodings",
  rewrite: "Writing the quantized model",
  verify: "Comparing both models",
  sensitivity: "Measuring every layer",
  answers: "Reading the pictures with both models",
};

export interface Progress {
  /** Undefined before the first step. */
  readonly step: Step | undefined;
  readonly finished: readonly Step[];
  readonly done: number;
  /** Undefined while the amount of work is not known. */
  readonly total: number | undefined;
  readonly secondsLeft: number | undefined;
}

export type ProgressEvent =
  | QuantEvent
  | { readonly type: "stage-start"; readonly stage: "answers" }
  | { readonly type: "progress"; readonly stage: "answers"; readonly done: number; readonly total: number; readonly secondsLeft: undefined };

export const noProgress: Progress = { step: undefined, finished: [], done: 0, total: undefined, secondsLeft: undefined };

export function advance(progress: Progress, event: ProgressEvent): Progress {
  switch (event.type) {
    case "stage-start":
      return { step: event.stage, finished: progress.finished.filter((step) => step !== event.stage), done: 0, total: undefined, secondsLeft: undefined };
    case "progress":
      return { ...progress, step: event.stage, done: event.done, total: event.total, secondsLeft: event.secondsLeft };
    case "stage-end":
      return { ...progress, finished: [...new Set([...progress.finished, event.stage])], secondsLeft: undefined };
    default:
      return progress;
  }
}

/** Share of the current step, in [0, 1]; undefined while it cannot be told. */
export function shareOf({ done, total }: Progress): number | undefined {
  return total === undefined || total === 0 ? undefined : Math.min(done / total, 1);
}

export function progressText(progress: Progress): string {
  if (progress.step === undefined) return "Starting";
  const { step, done, total, secondsLeft } = progress;
  // A search counts in shares of a method: whole numbers only tell something where there are several.
  const counted = total === undefined || total <= 1 ? "" : `: ${Math.floor(done)} of ${total}`;
  const share = total === 1 ? `: ${Math.floor(100 * done)} %` : "";
  return `${stepNames[step]}${counted}${share}${secondsLeft === undefined ? "" : `, ${timeLeft(secondsLeft)}`}`;
}

export function timeLeft(seconds: number): string {
  if (seconds < 1) return "less than a second left in this step";
  if (seconds < 90) return `about ${Math.ceil(seconds)} s left in this step`;
  return `about ${Math.ceil(seconds / 60)} min left in this step`;
}
