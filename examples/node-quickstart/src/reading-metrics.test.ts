import type { Metric, Tensors } from "@halftone/core";
import { expect, test } from "vitest";
import { decodeGreedy } from "./ctc.ts";
import { characterAccuracy, readingMetrics } from "./reading-metrics.ts";

const alphabet = ["", ..."abcde "];
const read = (scores: Tensors[string]): string => decodeGreedy(scores, alphabet);

/** What a model that reads this text (without doubled letters) answers. */
function outputsOf(text: string): Tensors {
  const classes = alphabet.length;
  const data = new Float32Array(text.length * classes);
  for (const [step, character] of [...text].entries()) data[step * classes + alphabet.indexOf(character)] = 1;
  return { scores: { dtype: "float32", shape: [1, text.length, classes], data } };
}

function measure(metrics: readonly Metric[], readings: readonly string[]): number[] {
  const accumulators = metrics.map((metric) => metric.create());
  for (const [index, reading] of readings.entries()) for (const each of accumulators) each.update(outputsOf(reading), index);
  return accumulators.map((each) => each.result());
}

test("counts faultless lines and right characters, spaces aside", () => {
  const { metrics } = readingMetrics(["ab cd", "abcd", "aced", "bad"], read);
  expect(measure(metrics, ["abcd", "ab cd", "abed", "e"])).toEqual([0.5, (1 + 1 + 3 / 4 + 0) / 4]);
});

test("compares two models line by line", () => {
  const { metrics, compare } = readingMetrics(["ab", "cd", "de", "ea"], read);
  measure(metrics, ["ab", "ce", "de", "eb"]);
  expect(compare()).toBeUndefined();
  measure(metrics, ["ab", "ce", "da", "ea"]);
  expect(compare()).toEqual({ agreement: 0.5, changed: 0.5 });
});

test("accumulators of one metric do not share their samples", () => {
  const [exactMatch] = readingMetrics(["ab"], read).metrics;
  const [first, second] = [exactMatch.create(), exactMatch.create()];
  first.update(outputsOf("ab"), 0);
  second.update(outputsOf("ba"), 0);
  expect([first.result(), second.result()]).toEqual([1, 0]);
});

test.each([
  { reading: "abcd", truth: "abcd", accuracy: 1 },
  { reading: "abc", truth: "abcd", accuracy: 0.75 },
  { reading: "", truth: "ab", accuracy: 0 },
  { reading: "edcbaedcba", truth: "ab", accuracy: 0 },
])("$reading for $truth is $accuracy right", ({ reading, truth, accuracy }) => {
  expect(characterAccuracy(reading, truth)).toBe(accuracy);
});
