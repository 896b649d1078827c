import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel, writeModel } from "@halftone/core";
import { nodeBackend, readModelFiles } from "@halftone/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hueClassifier } from "../fixtures/hue-classifier.ts";
import { writeOutputs } from "./write-outputs.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-outputs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const never = new AbortController().signal;

test("side files are named after the model, so that a neighbour's stay what they are", async () => {
  await writeFile(join(folder, "model.onnx.data"), "weights of another model");
  const files = writeModel(readModel(hueClassifier()), { externalFrom: 16 });
  expect([...files.external!.keys()]).toEqual(["model.onnx.data"]);
  await writeOutputs({ model: { path: join(folder, "int8.onnx"), files } }, never);
  expect((await readdir(folder)).sort()).toEqual(["int8.onnx", "int8.onnx.data", "model.onnx.data"]);
  expect(await readFile(join(folder, "model.onnx.data"), "utf8")).toBe("weights of another model");
  const session = await nodeBackend().open(await readModelFiles(join(folder, "int8.onnx")));
  expect(session.inputs).toEqual(["image"]);
  await session.dispose();
});

test("after an interruption nothing is there, and nothing is lost", async () => {
  await writeFile(join(folder, "int8.onnx"), "from before");
  const writing = writeOutputs(
    { model: { path: join(folder, "int8.onnx"), files: hueClassifier() }, texts: new Map([[join(folder, "plan.json"), "{}"]]) },
    AbortSignal.abort(),
  );
  await expect(writing).rejects.toMatchObject({ code: "aborted" });
  expect(await readdir(folder)).toEqual(["int8.onnx"]);
  expect(await readFile(join(folder, "int8.onnx"), "utf8")).toBe("from before");
});
