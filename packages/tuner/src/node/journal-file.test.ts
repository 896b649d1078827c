import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@halftone/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeStore } from "../testing/describe-store.ts";
import { journalFile } from "./journal-file.ts";

let folder: string;
let made = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-journal-"));
});
afterAll(() => rm(folder, { recursive: true }));

const newPath = (): string => join(folder, `${made++}`, "search.jsonl");

describeStore("journal file", () => {
  const path = newPath();
  return { store: journalFile(path), reopen: () => journalFile(path) };
});

const entry = (id: number): JournalEntry => ({
  kind: "trial",
  trial: { id, workload: "w", candidate: { a: 1 }, effort: 1, outcome: { status: "done", score: id, metrics: {} } },
});

describe("a file that a crash has left", () => {
  test("torn at any byte: whole entries are read, and the next one follows them", async () => {
    const path = newPath();
    for (const id of [0, 1, 2]) await journalFile(path).append(entry(id));
    const whole = await readFile(path);
    const starts = [...whole.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
    for (let length = 0; length <= whole.length; length += 7) {
      const torn = newPath();
      await journalFile(torn).append(entry(0));
      await writeFile(torn, whole.subarray(0, length));
      const kept = starts.filter((end) => end <= length).length;
      expect(await ids(torn)).toEqual([0, 1, 2].slice(0, kept));
      await journalFile(torn).append(entry(9));
      expect(await ids(torn)).toEqual([...[0, 1, 2].slice(0, kept), 9]);
    }
  });

  test("is not there before the first entry", async () => {
    const path = newPath();
    expect(await ids(path)).toEqual([]);
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });
});

describe("refuses", () => {
  test.each([
    ["what is not JSON", "hello\n", "(root)"],
    ["another kind of object", '{"kind":"plan"}\n', "kind"],
    ["a newer version", '{"kind":"header","version":2}\n', "version"],
    [
      "a trial without a score",
      '{"kind":"trial","trial":{"id":0,"workload":"w","candidate":{},"effort":1,"outcome":{"status":"done","metrics":{}}}}\n',
      "trial.outcome.score",
    ],
    ["a candidate with a list", '{"kind":"trial","trial":{"id":0,"workload":"w","candidate":{"a":[]},"effort":1,"outcome":{}}}\n', "trial.candidate.a"],
  ])("%s, naming line and field", async (_, line, field) => {
    const path = newPath();
    await journalFile(path).append(entry(0));
    await appendFile(path, line);
    await expect(ids(path)).rejects.toMatchObject({ code: "invalid-data", details: { line: 2, field } });
  });

  test("a place that cannot be written, and goes on when it can", async () => {
    const path = newPath();
    await writeFile(join(folder, `${made - 1}`), "a file where the folder should be");
    const store = journalFile(path);
    await expect(store.append(entry(0))).rejects.toMatchObject({ code: "write-failed", details: { file: path } });
    await rm(join(folder, `${made - 1}`));
    await store.append(entry(1));
    expect(await ids(path)).toEqual([1]);
  });
});

async function ids(path: string): Promise<readonly number[]> {
  const read: number[] = [];
  for await (const each of journalFile(path).read()) if (each.kind === "trial") read.push(each.trial.id);
  return read;
}
