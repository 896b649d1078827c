import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeOutputs } from "./outputs.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-quickstart-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("creates the folder, writes bytes and text, replaces what was there", async () => {
  const out = join(folder, "deep", "out");
  const url = pathToFileURL(`${out}/`);
  await writeOutputs(url, { "plan.json": "old" });
  await writeOutputs(url, { "model.onnx": Uint8Array.of(8, 9), "plan.json": "{}" });
  expect((await readdir(out)).sort()).toEqual(["model.onnx", "plan.json"]);
  expect([...(await readFile(join(out, "model.onnx")))]).toEqual([8, 9]);
  expect(await readFile(join(out, "plan.json"), "utf8")).toBe("{}");
});

test("a file that cannot take its place leaves nothing half-written", async () => {
  const url = pathToFileURL(`${folder}/`);
  await writeOutputs(new URL("plan.json/", url), { blocker: "" });
  await expect(writeOutputs(url, { "plan.json": "{}" })).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  expect(await readdir(folder)).toEqual(["plan.json"]);
});
