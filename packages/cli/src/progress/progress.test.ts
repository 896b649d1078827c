import type { QuantEvent } from "@halftone/core";
import { expect, test } from "vitest";
import { createProgress, type ProgressStyle } from "./progress.ts";

const events: readonly QuantEvent[] = [
  { type: "stage-start", stage: "calibrate" },
  { type: "progress", stage: "calibrate", done: 30, total: 100, secondsLeft: 7 },
  { type: "progress", stage: "calibrate", done: 31, total: 100, secondsLeft: 6.9 },
  { type: "sample-skipped", sample: "b.png", reason: "not an image" },
  { type: "progress", stage: "calibrate", done: 100, total: 100, secondsLeft: 0 },
  { type: "stage-end", stage: "calibrate", seconds: 10 },
];

const erase = "\r\u001b[2K";

function show(style: ProgressStyle | undefined, terminal: boolean, env: Record<string, string> = {}): string {
  const written: string[] = [];
  const sink = { write: (text: string) => written.push(text), isTTY: terminal, columns: 60 };
  const progress = createProgress(style, { stdout: sink, stderr: sink, env, cwd: ".", signal: new AbortController().signal });
  for (const event of events) progress.event(event);
  progress.note("done");
  progress.close();
  return written.join("");
}

test("plain: a line per stage, a few on the way, and what was skipped", () => {
  expect(show("plain", false)).toBe("calibrate   30 of 100, 7.0 s left\nskipped b.png: not an image\ncalibrate   10.0 s\ndone\n");
});

test("on a terminal one line is drawn over itself, never wider than the terminal", () => {
  const text = show(undefined, true);
  expect(text).toContain(" 30 %  30/100  7.0 s left  ██");
  const drawn = text.split("\n").flatMap((line) => line.split(erase));
  expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(60);
  // What is left on the screen: everything that was not erased.
  const screen = text.split("\n").map((line) => line.split(erase).at(-1));
  expect(screen).toEqual(["skipped b.png: not an image", "calibrate   10.0 s", "done", ""]);
});

test("plain where stderr is no terminal, or a dumb one, or in CI", () => {
  expect(show(undefined, false)).toBe(show("plain", false));
  expect(show(undefined, true, { TERM: "dumb" })).toBe(show("plain", false));
  expect(show(undefined, true, { CI: "true" })).toBe(show("plain", false));
});

test("json: one object per line", () => {
  const lines = show("json", false).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([...events, { type: "note", text: "done" }]);
});

test("none: notes only", () => {
  expect(show("none", true)).toBe("done\n");
});
