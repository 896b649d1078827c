import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { floatAnswers } from "./float-answers.ts";

test("answers are made once for the same model and samples", async () => {
  const folder = mkdtempSync(join(tmpdir(), "halftone-answers-"));
  let made = 0;
  const ask = (model: number, samples: string) =>
    floatAnswers(join(folder, "deep", "a.json"), { model: Uint8Array.of(model), samples }, async () => {
      made++;
      return ["a", model];
    });
  expect(await ask(1, "x")).toEqual(["a", 1]);
  expect(await ask(1, "x")).toEqual(["a", 1]);
  expect(made).toBe(1);
  await ask(1, "y");
  expect(await ask(2, "y")).toEqual(["a", 2]);
  expect(made).toBe(3);
  rmSync(folder, { recursive: true });
});
