import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fileCheckpoint } from "./file-checkpoint.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-checkpoint-"));
  path = join(folder, "new/out.search.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

test("what was set is known to the next run, whatever JSON it is; what was set last wins", async () => {
  const first = fileCheckpoint(path);
  expect(await first.get("a")).toBeUndefined();
  expect(existsSync(path)).toBe(false);
  await Promise.all([first.set("a", { scale: [0.1, 3], text: "line\nbreak" }), first.set("b", null), first.set("c", 1)]);
  await first.set("c", false);
  expect(await first.get("c")).toBe(false);
  const second = fileCheckpoint(path);
  expect(await second.get("a")).toEqual({ scale: [0.1, 3], text: "line\nbreak" });
  expect(await second.get("b")).toBeNull();
  expect(await second.get("c")).toBe(false);
});

test("a line cut off where the process was killed is forgotten, and nothing is glued to it", async () => {
  await fileCheckpoint(path).set("a", "ä".repeat(10));
  await appendFile(path, '{"key":"b","value":[1,');
  const second = fileCheckpoint(path);
  expect(await second.get("b")).toBeUndefined();
  expect(await second.get("a")).toBe("ä".repeat(10));
  await second.set("b", [1, 2]);
  expect(await fileCheckpoint(path).get("b")).toEqual([1, 2]);
  expect(
    (await readFile(path, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).key),
  ).toEqual(["a", "b"]);
});

test("every prefix of a file can be gone on with", async () => {
  const whole = fileCheckpoint(path);
  for (const key of ["a", "b", "c"]) await whole.set(key, { key });
  const bytes = await readFile(path);
  for (let length = 0; length <= bytes.length; length += 7) {
    await writeFile(path, bytes.subarray(0, length));
    const again = fileCheckpoint(path);
    const finished = bytes.subarray(0, length).toString().split("\n").length - 1;
    expect(await Promise.all(["a", "b", "c"].map((key) => again.get(key)))).toEqual(
      ["a", "b", "c"].map((key, index) => (index < finished ? { key } : undefined)),
    );
  }
});

test("without resuming, an older file is replaced", async () => {
  await fileCheckpoint(path).set("a", 1);
  const anew = fileCheckpoint(path, { resume: false });
  expect(await anew.get("a")).toBeUndefined();
  await anew.set("b", 2);
  expect(await fileCheckpoint(path).get("a")).toBeUndefined();
  expect(await fileCheckpoint(path).get("b")).toBe(2);
});

test("a place that cannot be written is an error that names it", async () => {
  await writeFile(join(folder, "new"), "a file");
  await expect(fileCheckpoint(path, { resume: false }).set("a", 1)).rejects.toMatchObject({ code: "write-failed", details: { file: path } });
});
