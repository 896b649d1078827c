import { floats } from "@halftone/core/testing";
import { expect, test } from "vitest";
import { differenceOf } from "./difference.ts";
import { createHalves, isHeldOut, rightShare } from "./halves.ts";

const truths = [0, 1, 1, 0, 1, 0, 0, 1];

test("the score is of the samples that the search may see, whatever the held out ones say", () => {
  const { metrics, lastAnswers } = createHalves(truths);
  const accumulator = metrics[0]!.create();
  const answers = truths.map((truth, sample) => (isHeldOut(sample) || sample === 0 ? 1 - truth : truth));
  answers.forEach((answer, sample) => {
    accumulator.update({ scores: floats([1, 2], [1 - answer, answer]) }, sample);
  });
  expect(accumulator.result()).toBe(3 / 4);
  expect(lastAnswers()).toEqual(answers);
  expect(rightShare(answers, truths, isHeldOut)).toBe(0);
});

test("a difference counts held out samples only, and its error those that changed", () => {
  const one = [9, 1, 9, 0, 9, 0, 9, 9];
  const other = [0, 9, 1, 0, 1, 9, 0, 1];
  expect(differenceOf(one, other, truths)).toEqual({ gain: 1 / 4, standardError: Math.sqrt(3) / 4 });
});
