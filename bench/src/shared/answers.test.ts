import type { Tensors } from "@halftone/core";
import { expect, test } from "vitest";
import { bestClass, createJudge, type Judge } from "./answers.ts";

const scores = (best: number): Tensors => ({
  y: { dtype: "float32", shape: [1, 3], data: Float32Array.from({ length: 3 }, (_, index) => (index === best ? 1 : -1)) },
});

function judge(judge: Judge, float: readonly number[], quantized: readonly number[]) {
  const metric = judge.metrics[0]!;
  const [first, second] = [metric.create(), metric.create()];
  float.forEach((best, index) => {
    first.update(scores(best), index);
    second.update(scores(quantized[index]!), index);
  });
  return judge.verdict();
}

test("counts what is right, what changed between right and wrong, and what is alike", () => {
  const verdict = judge(createJudge({ answerOf: bestClass, truths: [0, 1, 2, 0] }), [0, 1, 1, 1], [0, 2, 1, 2]);
  expect(verdict).toEqual({ float: 0.5, quantized: 0.25, changed: 0.25, agreement: 0.5 });
});

test("without truths only agreement is known", () => {
  const verdict = judge(createJudge({ answerOf: bestClass, truths: undefined }), [0, 1], [0, 2]);
  expect(verdict).toEqual({ float: undefined, quantized: undefined, changed: undefined, agreement: 0.5 });
});
