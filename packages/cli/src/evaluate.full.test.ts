import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runCli } from "./fixtures/run-cli.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const assets = resolve(root, process.env["HALFTONE_ASSETS"] ?? "../shared/assets");

/** Top-1 and top-5 of the whole evaluation set, as another program measured them (README of the assets). */
const published = [
  ["mobilenet-v1-0.75-224", "imagenet", 75.29, 94.43],
  ["squeezenet1.1", "imagenet", 74.14, 92.14],
  ["vit-tiny-patch16-224", "imagenet", 82.14, 96.0],
  ["mobilevit-imagenette", "imagenette", 95.0, 99.88],
] as const;

describe.skipIf(!existsSync(assets))("evaluate (needs HALFTONE_ASSETS)", () => {
  test.each(published)("%s is as accurate as published", async (name, set, top1, top5) => {
    const model = resolve(assets, "models", name);
    const data = resolve(assets, set);
    const argv = ["--data", resolve(data, "evaluation"), "--labels", resolve(data, "evaluation.tsv"), "--preprocess", resolve(model, "card.json")];
    const { code, json } = await runCli(root, ["evaluate", resolve(model, "model.onnx"), ...argv, "--json"]);
    expect(code).toBe(0);
    expect(Math.abs(json.top1 - top1)).toBeLessThan(1);
    expect(Math.abs(json.top5 - top5)).toBeLessThan(1);
    expect(json.count).toBe(set === "imagenet" ? 700 : 800);
  });
});
