import { mkdir, writeFile } from "node:fs/promises";
import { seededRandom } from "@halftone/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npy } from "./fixtures/npy.ts";
import { type CliResult, runCli } from "./fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "./fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(0);
  await mkdir(workspace.path("arrays"));
  for (let index = 0; index < 8; index++) await save(`${index}.npy`, [1, 3, 16, 16], index);
});
afterEach(() => workspace.remove());

async function save(name: string, shape: readonly number[], seed: number, change: (values: Float32Array) => void = () => {}): Promise<void> {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => 2 * random() - 1);
  change(values);
  await writeFile(workspace.path("arrays", name), npy(shape, values));
}

const quantize = (): Promise<CliResult> =>
  runCli(workspace.folder, ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "arrays", "--samples", "8", "--json"]);

test("quantizes with arrays", async () => {
  const { code, json } = await quantize();
  expect(code).toBe(0);
  expect(json.count).toBe(8);
  expect(json.sqnrDb).toBeGreaterThan(20);
});

test("a list may name files", async () => {
  await writeFile(workspace.path("arrays/list.jsonl"), '"0.npy"\n{"image": "1.npy"}\n');
  const { code, json } = await runCli(workspace.folder, ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "arrays/list.jsonl", "--json"]);
  expect(code).toBe(0);
  expect(json.samples.calibration).toBe(2);
});

test("NaN in an input is an error that names the file", async () => {
  await save("5.npy", [1, 3, 16, 16], 5, (values) => values.fill(Number.NaN, 7, 8));
  const { code, json } = await quantize();
  expect(code).toBe(2);
  expect(json.error).toMatchObject({ code: "invalid-data", message: expect.stringMatching(/5\.npy.*NaN/), details: { file: "5.npy", tensor: "image" } });
});

test("so is an array of another shape", async () => {
  await save("6.npy", [1, 3, 16, 8], 6);
  const { code, json } = await quantize();
  expect(code).toBe(2);
  expect(json.error.code).toBe("invalid-data");
  expect(json.error.message).toMatch(/6\.npy.*\[1, 3, 16, 8\].*\[1, 3, 16, 16\]/);
});

test("so it is where the model is only run", async () => {
  await runCli(workspace.folder, ["quantize", "model.onnx", "-o", "int8.onnx", "--data", "arrays"]);
  await save("6.npy", [1, 3, 16, 8], 6);
  const { code, stderr } = await runCli(workspace.folder, ["compare", "model.onnx", "int8.onnx", "--data", "arrays"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/error\[invalid-data\]: 6\.npy/);
});

test("a truncated array among good ones is skipped", async () => {
  await writeFile(workspace.path("arrays/2.npy"), npy([1, 3, 16, 16], new Float32Array(5)));
  const { code, json, stderr } = await quantize();
  expect(code).toBe(0);
  expect(json.count).toBe(7);
  expect(stderr).toMatch(/skipped 2\.npy/);
});

test("constant inputs quantize without a word of infinity", async () => {
  for (let index = 0; index < 8; index++) await save(`${index}.npy`, [1, 3, 16, 16], index, (values) => values.fill(0));
  const { code, stdout } = await quantize();
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/NaN|Infinity/);
});
