import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { type ModelFiles, readModel, type SessionOptions, writeModel } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { mobileTargets, type PackCard, parsePackCard } from "@halftone/mobile";
import { nodeBackend, readModelFiles } from "@halftone/node";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runCli } from "../fixtures/run-cli.ts";
import { createWorkspace, type Workspace } from "../fixtures/workspace.ts";
import { madeUpFeeds } from "../pack/made-up-feeds.ts";

let workspace: Workspace;
beforeEach(async () => {
  workspace = await createWorkspace(8);
});
afterEach(() => workspace.remove());

const run = (...argv: readonly string[]) => runCli(workspace.folder, argv);

/** With every optimization, codes move by a step here and there; scores are around 1. */
const closeBy = 0.05;

async function outputsOf(model: ModelFiles, optimization: SessionOptions["optimization"] = "all"): Promise<Float32Array> {
  const session = await nodeBackend({ keepInt8: true }).open(model, { optimization });
  const outputs = await session.run(madeUpFeeds(readModel(await readModelFiles(workspace.path("int8.onnx")))));
  await session.dispose();
  return outputs["scores"]!.data as Float32Array;
}

test.each(mobileTargets().map(({ name }) => name))("what is packed for %s loads from its ORT format and computes what the ONNX model does", async (target) => {
  const quantized = await run("quantize", "model.onnx", "-o", "int8.onnx", "--data", "images", "--preprocess", "card.json", "--target", target, "--json");
  expect(quantized.code).toBe(0);
  const { code, stdout } = await run("pack", "int8.onnx", "--target", target, "-o", "packed", "--preprocess", "card.json");
  expect(code).toBe(0);
  expect(stdout).toMatch(/runs \d+ of \d+ nodes, in \d+ partitions?/);
  expect((await readdir(workspace.path("packed"))).sort()).toEqual(
    ["SHA256SUMS", "card.json", "int8.ort", "int8.with_runtime_opt.ort", "required_operators.config"].sort(),
  );
  const card = parsePackCard(await readFile(workspace.path("packed", "card.json"), "utf8"));
  expect(card).toMatchObject({ target, inputs: [{ name: "image", dtype: "float32", shape: [1, 3, 16, 16] }], preprocess: { mean: [0.5] } });
  const original = await readModelFiles(workspace.path("int8.onnx"));
  for (const { path, style, sha256, bytes, distance } of card.files) {
    const model = await readFile(workspace.path("packed", path));
    expect([model.byteLength, createHash("sha256").update(model).digest("hex")]).toEqual([bytes, sha256]);
    expect(model.subarray(4, 8).toString()).toBe("ORTM");
    expect(distance).toBe(0);
    expect(await outputsOf({ model }, style === "runtime" ? "disabled" : "all")).toEqual(await outputsOf(original, style === "runtime" ? "basic" : "extended"));
    const [actual, expected] = [await outputsOf({ model }), await outputsOf(original)];
    for (const [index, value] of expected.entries()) expect(Math.abs(actual[index]! - value)).toBeLessThan(closeBy);
  }
  await checkSums(card);
});

async function checkSums(card: PackCard): Promise<void> {
  const lines = (await readFile(workspace.path("packed", "SHA256SUMS"), "utf8")).trim().split("\n");
  expect(lines.map((line) => line.split("  ")[1])).toEqual([...card.files.map(({ path }) => path), "required_operators.config"]);
  for (const line of lines) {
    const [sum, path] = line.split("  ") as [string, string];
    expect(
      createHash("sha256")
        .update(await readFile(workspace.path("packed", path)))
        .digest("hex"),
    ).toBe(sum);
  }
}

test("says which nodes the provider leaves, and answers with the card as JSON", async () => {
  const { json } = await run("pack", "model.onnx", "--target", "mobile-xnnpack", "-o", "packed", "--json");
  expect(json).toMatchObject({ output: "packed", target: "mobile-xnnpack", provider: "XNNPACK", runtime: expect.stringMatching(/^onnxruntime-node \d/) });
  expect(json.check.elsewhere).toContainEqual({ node: expect.any(String), op: "GlobalAveragePool", reason: "XNNPACK has no GlobalAveragePool" });
  expect(await readFile(workspace.path("packed", "required_operators.config"), "utf8")).toMatch(/^ai\.onnx;21;Conv,.*Gemm/m);
});

test("an open dimension is fixed by --shape, which must fit", async () => {
  const model = buildModel({ inputs: { x: ["n", 3, 8, 8] } }, (b, { x }) => ({ y: b.op("Relu", [b.op("Conv", [x, b.random([2, 3, 3, 3])])]) }));
  await writeFile(workspace.path("open.onnx"), writeModel(model).model);
  const open = await run("pack", "open.onnx", "--target", "mobile-nnapi", "-o", "open", "--json");
  expect(open.json.check).toMatchObject({ onProvider: 0 });
  const fixed = await run("pack", "open.onnx", "--target", "mobile-nnapi", "-o", "fixed", "--shape", "x=1x3x8x8", "--json");
  expect(fixed.json).toMatchObject({ inputs: [{ shape: [1, 3, 8, 8] }], check: { partitions: 1, elsewhere: [] } });
  for (const shape of ["x=1x3x9x8", "y=1x3x8x8", "x", "x=1x0"]) {
    const { code, stderr } = await run("pack", "open.onnx", "--target", "mobile-nnapi", "-o", "bad", "--shape", shape);
    expect([code, stderr]).toEqual([1, expect.stringContaining("invalid-config")]);
  }
});

test("a target of another kind, and a file that is no model, are refused before anything is written", async () => {
  expect(await run("pack", "model.onnx", "--target", "mobile-xnpack", "-o", "packed")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("mobile-xnnpack"),
  });
  await writeFile(workspace.path("broken.onnx"), "no model");
  expect((await run("pack", "broken.onnx", "--target", "mobile-qnn", "-o", "packed")).code).toBe(2);
  expect(await readdir(workspace.folder)).not.toContain("packed");
});
