// npm run bench -- pack [MODEL...]: real models, quantized and packed for each provider of a phone: how much of each the provider is foretold to
// run, in how many partitions, and how far the packed forms' outputs are from the ONNX model's.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { PackCard } from "@halftone/mobile";
import { askProcess } from "./shared/ask-process.ts";
import { assetsFolder } from "./shared/assets.ts";
import { tableLines } from "./shared/table-lines.ts";

const assets = resolve(assetsFolder());
const asked = process.argv.slice(2);
const models = asked.length > 0 ? asked : ["mobilenet-v2-1.0-224", "vit-tiny-patch16-224", "mobilevit-imagenette"];
const targets = ["mobile-xnnpack", "mobile-nnapi", "mobile-coreml", "mobile-qnn"];
const halftone = [process.execPath, join(dirname(createRequire(import.meta.url).resolve("@halftone/cli/package.json")), "bin", "halftone.js")];

if (!existsSync(assets)) console.log(`skipped: ${assets} is not there; set HALFTONE_ASSETS`);
else await bench();

async function bench(): Promise<void> {
  const rows: string[][] = [];
  for (const model of models) for (const target of targets) rows.push(await rowOf(model, target));
  console.log(tableLines(["model", "target", "nodes on the provider", "partitions", "float file", "packed for it", "distance"], rows, 2).join("\n"));
}

async function rowOf(name: string, target: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "halftone-pack-"));
  try {
    const model = join(assets, "models", name);
    const data = join(assets, name.endsWith("imagenette") ? "imagenette" : "imagenet", "calibration");
    const calibration = ["--data", data, "--preprocess", join(model, "card.json"), "--calibration", "max", "--samples", "16", "--verify", "4"];
    const quantized = join(folder, "int8.onnx");
    const { bytes } = await ask<{ bytes: { before: number } }>("quantize", join(model, "model.onnx"), "-o", quantized, "--target", target, ...calibration);
    const { inputs } = await ask<{ inputs: readonly { name: string; shape: readonly (number | string)[] }[] }>("inspect", join(model, "model.onnx"));
    const shape = `${inputs[0]!.name}=${inputs[0]!.shape.map((size) => (typeof size === "number" ? size : 1)).join("x")}`;
    const { check, files } = await ask<PackCard>("pack", quantized, "--target", target, "-o", join(folder, "packed"), "--shape", shape);
    const distance = Math.max(...files.map((file) => file.distance));
    return [
      name,
      target,
      `${check.onProvider} of ${check.nodes}`,
      String(check.partitions),
      megabytes(bytes.before),
      megabytes(files[0]!.bytes),
      distance.toPrecision(1),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const ask = <Answer>(...parameters: readonly string[]): Promise<Answer> => askProcess<Answer>([...halftone, ...parameters, "--json", "--progress", "none"]);

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
