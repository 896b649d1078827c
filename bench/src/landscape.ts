// npm run bench -- landscape [MODEL ...] [--evaluate N]: measures every candidate of quantune-96 for classifiers of the assets folder, on N labelled images
// (default: all), and writes bench/landscapes/MODEL.json, which `npm run bench:tuner` searches in. Interrupted, it goes on where it was: the trials are a
// journal in bench/out.
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { quantune96 } from "@halftone/tuner";
import { assetsFolder } from "./shared/assets.ts";
import { imageWorkload } from "./shared/image-workload.ts";
import { machineInWords } from "./shared/machine.ts";
import { landscapeText } from "./tuner/landscape-file.ts";
import { measureLandscape } from "./tuner/measure-landscape.ts";

const { positionals, values: flags } = parseArgs({ allowPositionals: true, options: { evaluate: { type: "string", default: "Infinity" } } });
const names = positionals.length > 0 ? positionals : ["mobilenet-v1-0.75-224", "squeezenet1.1", "mobilenet-v2-1.0-224"];
const space = quantune96({ images: [1, 64, 512] });
const inBench = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

for (const name of names) {
  const folder = join(assetsFolder(), "models", name);
  if (!existsSync(folder)) console.log(`skipped: ${folder} is not there; set HALFTONE_ASSETS`);
  else await measure(name, JSON.parse(readFileSync(join(folder, "card.json"), "utf8")).weights);
}

async function measure(name: string, weights: string): Promise<void> {
  const workload = imageWorkload(assetsFolder(), name, { calibration: 512, evaluation: Number(flags.evaluate) });
  const evaluated = workload.evaluation.batches!;
  const measured = await measureLandscape({ workload, space, journal: inBench(`out/landscapes/${name}-${evaluated}.jsonl`), tell: console.error });
  const path = inBench(`landscapes/${name}.json`);
  const command = `npm run bench -- landscape ${name} --evaluate ${evaluated}`;
  await writeFile(path, landscapeText({ command, machine: machineInWords(), weights, ...measured }));
  console.log(`wrote ${path}`);
}
