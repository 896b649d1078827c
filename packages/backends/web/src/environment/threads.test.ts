import { expect, test } from "vitest";
import { checkThreads } from "./threads.ts";

test("one thread needs nothing, more need an isolated page, and the refusal names the headers", () => {
  expect(() => checkThreads(undefined, false)).not.toThrow();
  expect(() => checkThreads(1, false)).not.toThrow();
  expect(() => checkThreads(4, true)).not.toThrow();
  expect(() => checkThreads(4, false)).toThrow(/Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy: require-corp/);
  expect(() => checkThreads(0, true)).toThrow(/whole number from 1/);
});
