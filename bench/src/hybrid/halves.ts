import type { Metric } from "@halftone/core";
import { bestClass } from "../shared/answers.ts";

/** Evaluation samples in order of class: every second is for the search to see, the others for the judgement afterwards. */
export function isHeldOut(sample: number): boolean {
  return sample % 2 === 1;
}

export interface Halves {
  /** The first is the score: top-1 on the samples that the search may see. */
  readonly metrics: readonly Metric[];
  /** Of the model that was evaluated last, to all samples. */
  lastAnswers(): readonly number[];
}

/** Watches evaluations of which each sees all samples in order. */
export function createHalves(truths: readonly number[]): Halves {
  let answers: number[] = [];
  const score: Metric = {
    name: "top1",
    create: () => {
      const own: number[] = [];
      answers = own;
      return { update: (outputs) => void own.push(bestClass(outputs)), result: () => rightShare(own, truths, (sample) => !isHeldOut(sample)) };
    },
  };
  return { metrics: [score], lastAnswers: () => answers };
}

export function rightShare(answers: readonly number[], truths: readonly number[], counts: (sample: number) => boolean): number {
  const seen = answers.flatMap((answer, sample) => (counts(sample) ? [answer === truths[sample]] : []));
  return seen.filter(Boolean).length / seen.length;
}
