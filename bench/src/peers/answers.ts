import type { Metric, Tensors } from "@halftone/core";
import type { Judge } from "./workload.ts";

/** Judges by one answer per sample, right where it equals the truth. Without truths only agreement is known. */
export function judgeByAnswer(answerOf: (outputs: Tensors) => string | number, truths: readonly (string | number)[] | undefined): Judge {
  const recorded: (string | number)[][] = [];
  const recorder: Metric = {
    name: "answers",
    create() {
      const answers: (string | number)[] = [];
      recorded.push(answers);
      return { update: (outputs) => void answers.push(answerOf(outputs)), result: () => answers.length };
    },
  };
  return {
    metrics: [recorder],
    verdict() {
      const [float = [], quantized = []] = recorded.filter((answers) => answers.length > 0);
      const shareOf = (holds: (index: number) => boolean): number => float.filter((_, index) => holds(index)).length / float.length;
      const agreement = shareOf((index) => float[index] === quantized[index]);
      if (!truths) return { float: undefined, quantized: undefined, changed: undefined, agreement };
      const isRight = (answers: readonly (string | number)[], index: number): boolean => answers[index] === truths[index];
      return {
        float: shareOf((index) => isRight(float, index)),
        quantized: shareOf((index) => isRight(quantized, index)),
        changed: shareOf((index) => isRight(float, index) !== isRight(quantized, index)),
        agreement,
      };
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
