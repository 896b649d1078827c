// node imagenet.js [NAME ...]: each labelled model of HALFTONE_ASSETS through the command line with its defaults, 256
// calibration images, every evaluation image. Prints a markdown table. The difference is paired: with a share d of
// changed answers its standard error is sqrt(d / n).
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

interface Comparison {
  readonly float: { readonly top1: number };
  readonly quantized: { readonly top1: number };
  readonly agreement: number;
  readonly bytes: { readonly before: number; readonly after: number };
  readonly latencyMs: { readonly float: number; readonly quantized: number };
  readonly count: number;
}

const assets = resolve(process.env.HALFTONE_ASSETS ?? "../shared/assets");
const command = join(import.meta.dirname, "../../packages/cli/bin/halftone.js");
const sets = {
  "mobilenet-v1-0.75-224": "imagenet",
  "squeezenet1.1": "imagenet",
  "mobilenet-v2-1.0-224": "imagenet",
  "vit-tiny-patch16-224": "imagenet",
  "mobilevit-imagenette": "imagenette",
  "mobilevitv2-imagenette": "imagenette",
} as const;
const wanted = process.argv.slice(2);

if (!existsSync(assets)) console.log(`skipped: ${assets} is not there; set HALFTONE_ASSETS`);
else await table();

async function table(): Promise<void> {
  console.log("| model | chosen calibration | float | int8 | difference (standard error) | agreement | size | times as fast |");
  console.log("|---|---|---:|---:|---:|---:|---:|---:|");
  const folder = await mkdtemp(join(tmpdir(), "halftone-imagenet-"));
  for (const [name, set] of Object.entries(sets)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const [model, out] = [join(assets, "models", name, "model.onnx"), join(folder, `${name}.onnx`)];
    const preprocess = ["--preprocess", join(assets, "models", name, "card.json")];
    await halftone("quantize", model, "-o", out, "--plan", `${out}.plan.json`, "--data", join(assets, set, "calibration"), "--samples", "256", ...preprocess);
    const { method } = JSON.parse(await readFile(`${out}.plan.json`, "utf8")) as { readonly method: string };
    const labels = ["--labels", join(assets, set, "evaluation.tsv")];
    const row = (await halftone("compare", model, out, "--data", join(assets, set, "evaluation"), ...labels, ...preprocess)) as Comparison;
    console.log(`| ${[name, method, ...figuresOf(row)].join(" | ")} |`);
  }
  await rm(folder, { recursive: true });
}

function figuresOf({ float, quantized, agreement, bytes, latencyMs, count }: Comparison): readonly string[] {
  const standardError = 100 * Math.sqrt((1 - agreement / 100) / count);
  return [
    float.top1.toFixed(2),
    quantized.top1.toFixed(2),
    `${(quantized.top1 - float.top1).toFixed(2)} (${standardError.toFixed(2)})`,
    agreement.toFixed(2),
    (bytes.after / bytes.before).toFixed(3),
    (latencyMs.float / latencyMs.quantized).toFixed(2),
  ];
}

async function halftone(...parameters: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...parameters, "--json"]);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}
