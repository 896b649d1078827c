import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identity, row } from "./fixtures/rows.ts";
import { openJournal } from "./journal.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "halftone-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("finds what was appended, also in another process", async () => {
  const path = join(folder, "new", "rows.jsonl");
  const journal = await openJournal(path);
  expect(journal.find(identity)).toBeUndefined();
  await journal.append(row);
  expect(journal.find(identity)).toEqual(row);
  const again = await openJournal(path);
  expect(again.find(identity)).toEqual(row);
  expect(again.find({ ...identity, evaluate: 100 })).toBeUndefined();
});

test("of several rows with one identity the last counts", async () => {
  const path = join(folder, "rows.jsonl");
  const journal = await openJournal(path);
  await journal.append({ ...identity, failure: "crashed", at: row.at, machine: row.machine });
  await journal.append(row);
  expect((await openJournal(path)).find(identity)).toEqual(row);
});

test("a line cut short is no row, and does not spoil the next one", async () => {
  const path = join(folder, "rows.jsonl");
  await (await openJournal(path)).append(row);
  appendFileSync(path, JSON.stringify(row).slice(0, 40));
  const journal = await openJournal(path);
  const next = { ...row, seed: 1 };
  await journal.append(next);
  await journal.append({ ...row, seed: 2 });
  const read = await openJournal(path);
  expect([0, 1, 2].map((seed) => read.find({ ...identity, seed })?.seed)).toEqual([0, 1, 2]);
});
