import type { Metric, Tensors } from "@halftone/core";
import type { Answer, Workload } from "./workload.ts";

/** What the answers of a float and a quantized model to the same samples say. */
export interface Verdict {
  /** Shares of right answers; undefined without truths. */
  readonly float: number | undefined;
  readonly quantized: number | undefined;
  /** Share of samples that exactly one of the two models got right: the standard error of the difference is sqrt(changed / n). */
  readonly changed: number | undefined;
  /** Share of samples on which the two models answer alike. */
  readonly agreement: number;
}

/** An answer is right where it equals the truth. Without truths only agreement is known. */
export function verdictOf(float: readonly Answer[], quantized: readonly Answer[], truths: readonly Answer[] | undefined): Verdict {
  const shareOf = (holds: (index: number) => boolean): number => float.filter((_, index) => holds(index)).length / float.length;
  const agreement = shareOf((index) => float[index] === quantized[index]);
  if (!truths) return { float: undefined, quantized: undefined, changed: undefined, agreement };
  const isRight = (answers: readonly Answer[], index: number): boolean => answers[index] === truths[index];
  return {
    float: shareOf((index) => isRight(float, index)),
    quantized: shareOf((index) => isRight(quantized, index)),
    changed: shareOf((index) => isRight(float, index) !== isRight(quantized, index)),
    agreement,
  };
}

/** Judges a float and a quantized model that a comparison runs on the same samples. */
export interface Judge {
  readonly metrics: readonly Metric[];
  /** After both models have answered every sample. */
  verdict(): Verdict;
}

/** A fresh one for each comparison. */
export function createJudge({ answerOf, truths }: Pick<Workload, "answerOf" | "truths">): Judge {
  const recorded: Answer[][] = [];
  const recorder: Metric = {
    name: "answers",
    create() {
      const answers: Answer[] = [];
      recorded.push(answers);
      return { update: (outputs) => void answers.push(answerOf(outputs)), result: () => answers.length };
    },
  };
  return {
    metrics: [recorder],
    verdict() {
      const [float = [], quantized = []] = recorded.filter((answers) => answers.length > 0);
      return verdictOf(float, quantized, truths);
    },
  };
}

/** Index of the largest score of the first output. */
export function bestClass(outputs: Tensors): number {
  const scores = Object.values(outputs)[0]?.data as Float32Array;
  let best = 0;
  for (const [index, score] of scores.entries()) if (score > scores[best]!) best = index;
  return best;
}
