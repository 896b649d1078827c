import { expect, test } from "vitest";
import { advance, noProgress, type ProgressEvent, progressText, shareOf, timeLeft } from "./progress.ts";

const after = (...events: readonly ProgressEvent[]) => events.reduce(advance, noProgress);

test("follows the stages, and tells what is done", () => {
  const progress = after(
    { type: "stage-start", stage: "read" },
    { type: "stage-end", stage: "read", seconds: 1 },
    { type: "stage-start", stage: "calibrate" },
    { type: "sample-skipped", sample: "a", reason: "b" },
    { type: "progress", stage: "calibrate", done: 3, total: 12, secondsLeft: 8.2 },
  );
  expect(progress.finished).toEqual(["read"]);
  expect(shareOf(progress)).toBe(0.25);
  expect(progressText(progress)).toBe("Calibrating on the pictures: 3 of 12, about 9 s left in this step");
});

test("a stage that starts is not what the last one was", () => {
  const progress = after({ type: "progress", stage: "calibrate", done: 3, total: 12, secondsLeft: 8 }, { type: "stage-start", stage: "plan" });
  expect([shareOf(progress), progressText(progress)]).toEqual([undefined, "Finding encodings"]);
});

test("a stage that runs a second time is not finished until it ends", () => {
  const again = after({ type: "stage-end", stage: "plan", seconds: 1 }, { type: "stage-start", stage: "plan" });
  expect(again.finished).toEqual([]);
});

test("a search of one method tells its share", () => {
  expect(progressText(after({ type: "progress", stage: "plan", done: 0.424, total: 1, secondsLeft: 200 }))).toBe(
    "Finding encodings: 42 %, about 4 min left in this step",
  );
});

test.each([
  [0.2, "less than a second left in this step"],
  [1.1, "about 2 s left in this step"],
  [89, "about 89 s left in this step"],
  [95, "about 2 min left in this step"],
])("%f seconds read %s", (seconds, text) => {
  expect(timeLeft(seconds)).toBe(text);
});
