import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLabels } from "./labels.ts";

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), "halftone-labels-")), "labels.tsv");
});
afterEach(() => rm(join(file, ".."), { recursive: true, force: true }));

test("reads names and classes", async () => {
  await writeFile(file, "\uFEFFa b.jpg\t3\r\nsub/c.jpg\t 0 \n\n");
  expect([...(await readLabels(file))]).toEqual([
    ["a b.jpg", 3],
    ["sub/c.jpg", 0],
  ]);
});

test.each([
  ["a.jpg\t1\nb.jpg 2\n", 2],
  ["a.jpg\t1\nb.jpg\t-2\n", 2],
  ["a.jpg\tcat\n", 1],
  ["a.jpg\t1\n\na.jpg\t2\n", 3],
])("refuses %j naming line %i", async (text, line) => {
  await writeFile(file, text);
  await expect(readLabels(file)).rejects.toMatchObject({ code: "invalid-data", details: { file, line } });
});

test("refuses a missing and an empty file", async () => {
  await expect(readLabels(file)).rejects.toMatchObject({ code: "invalid-data", message: expect.stringContaining("no such file") });
  await writeFile(file, "\n");
  await expect(readLabels(file)).rejects.toMatchObject({ code: "invalid-data" });
});
