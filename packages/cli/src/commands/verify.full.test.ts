import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeTarget } from "@halftone/node";
import { findChromium } from "@halftone/web/chromium";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../fixtures/run-cli.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const assets = resolve(root, process.env["HALFTONE_ASSETS"] ?? "../shared/assets");
const lacking = !existsSync(assets) || findChromium(process.env) === undefined;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-verify-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(lacking)("the gate over runtimes (needs HALFTONE_ASSETS and Chromium)", () => {
  const machine = nodeTarget();
  test.each([
    ["mobilenet-v2-1.0-224", "web-wasm-integer"],
    ["mobilevit-imagenette", "web-wasm-integer"],
    ["vit-tiny-patch16-224", "web-webgpu"],
  ])("%s for %s answers alike on every runtime", async (name, target) => {
    const model = resolve(assets, "models", name);
    const [output, data] = [
      join(folder, `${name}-${target}.onnx`),
      ["--data", resolve(assets, "imagenette", "evaluation"), "--preprocess", join(model, "card.json")],
    ];
    const made = await runCli(root, ["quantize", join(model, "model.onnx"), "-o", output, ...data, "--target", target, "--samples", "8", "--verify", "4"]);
    expect(made.code, made.stderr).toBe(0);
    const { name: cpu } = await machine;
    const { json, stderr } = await runCli(root, ["verify", output, ...data, "--targets", `${cpu},web-wasm,web-webgpu`, "--limit", "2", "--json"]);
    console.info(name, target, JSON.stringify(json.targets));
    expect(json.error, stderr).toBeUndefined();
    expect(json.reference).toBe(cpu);
    expect(json.targets).toHaveLength(3);
  });
});
