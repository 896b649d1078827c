import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type ModelFiles, readModel, type Tensors } from "@halftone/core";
import { parsePackCard } from "@halftone/mobile";
import { nodeBackend, readModelFiles } from "@halftone/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../fixtures/run-cli.ts";
import { madeUpFeeds } from "../pack/made-up-feeds.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const assets = resolve(root, process.env["HALFTONE_ASSETS"] ?? "../shared/assets");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-pack-"));
});
afterEach(() => rm(folder, { recursive: true }));

const models = [
  ["mobilenet-v1-0.75-224", "imagenet"],
  ["mobilenet-v2-1.0-224", "imagenet"],
  ["squeezenet1.1", "imagenet"],
  ["vit-tiny-patch16-224", "imagenet"],
  ["mobilevit-imagenette", "imagenette"],
] as const;
const cases = [
  ...models.flatMap(([model, data]) => (["mobile-xnnpack", "mobile-nnapi"] as const).map((target) => [model, target, data] as const)),
  ["mobilenet-v2-1.0-224", "mobile-coreml", "imagenet"],
  ["mobilenet-v2-1.0-224", "mobile-qnn", "imagenet"],
] as const;

describe.skipIf(!existsSync(assets))("pack (needs HALFTONE_ASSETS)", () => {
  test.each(cases)("%s for %s: both forms load, and compute what the ONNX model does", async (name, target, data) => {
    const model = resolve(assets, "models", name);
    const float = resolve(model, "model.onnx");
    const shape = await shapeFlags(float);
    const calibration = ["--data", resolve(assets, data, "calibration"), "--preprocess", resolve(model, "card.json"), "--samples", "8", "--verify", "4"];
    const quantized = await runCli(folder, [...["quantize", float, ...shape, "-o", "int8.onnx", "--target", target, "--calibration", "max"], ...calibration]);
    expect(quantized.stderr).not.toContain("error[");
    const { code, json } = await runCli(folder, ["pack", "int8.onnx", "--target", target, "-o", "packed", "--json"]);
    expect(code).toBe(0);
    const { check, files } = parsePackCard(await readFile(join(folder, "packed", "card.json"), "utf8"));
    expect(json.check).toEqual(check);
    expect(check.onProvider).toBeGreaterThan(0);
    const feeds = madeUpFeeds(readModel(await readModelFiles(join(folder, "int8.onnx"))));
    const expected = await answer(await readModelFiles(join(folder, "int8.onnx")), feeds);
    // With every optimization, codes move by a step here and there, and layers after them make more of it: less than quantization did.
    const leastSqnr = sqnr(await answer(await readModelFiles(float), feeds), expected);
    for (const { path, distance } of files) {
      expect(distance).toBe(0);
      const actual = await answer({ model: await readFile(join(folder, "packed", path)) }, feeds);
      expect(sqnr(expected, actual)).toBeGreaterThan(leastSqnr);
    }
  });
});

/** The app's: one sample. */
async function shapeFlags(path: string): Promise<readonly string[]> {
  const inputs = readModel(await readModelFiles(path)).graph.inputs.filter(({ content }) => content === undefined);
  return inputs.flatMap(({ name, shape }) => ["--shape", `${name}=${shape!.map((size) => (typeof size === "number" ? size : 1)).join("x")}`]);
}

async function answer(model: ModelFiles, feeds: Tensors): Promise<readonly number[]> {
  const session = await nodeBackend({ keepInt8: true }).open(model);
  const outputs = await session.run(feeds);
  await session.dispose();
  return Array.from(Object.values(outputs)[0]!.data as Float32Array);
}

function sqnr(expected: readonly number[], actual: readonly number[]): number {
  const power = expected.reduce((sum, value) => sum + value * value, 0);
  const noise = expected.reduce((sum, value, index) => sum + (value - actual[index]!) ** 2, 0);
  return 10 * Math.log10(power / noise);
}
