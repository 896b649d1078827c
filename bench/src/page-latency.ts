// npm run bench -- page-latency [--models A,B] [--rounds 40] [--calibration 8] [--threads N]: the float model and those quantized for
// web-wasm, for web-wasm-integer and with weights alone (web-webgpu), in turns in one page on WebAssembly. Prints medians, and the median of the ratios of each round.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type CalibrationSource, quantizeUnverified, type Target, type Tensors } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { webWasm, webWasmInteger, webWebGpu } from "@halftone/web";
import { type BenchPage, openPage } from "./page/open-page.ts";
import { assetsFolder } from "./shared/assets.ts";
import { machineInWords } from "./shared/machine.ts";
import { median } from "./shared/median.ts";
import { openWorkload } from "./shared/open-workload.ts";
import { readingName } from "./shared/reading-workload.ts";
import { tableLines } from "./shared/table-lines.ts";

const allModels = [
  ...["mobilenet-v1-0.75-224", "mobilenet-v2-1.0-224", "squeezenet1.1", "mobilevit-imagenette", "mobilevitv2-imagenette"],
  ...["mobilevit-xxs-flowers", "vit-tiny-patch16-224", readingName],
];

const { values } = parseArgs({
  options: {
    models: { type: "string", default: allModels.join() },
    rounds: { type: "string", default: "40" },
    calibration: { type: "string", default: "8" },
    threads: { type: "string" },
  },
});
const [rounds, calibration] = [Number(values.rounds), Number(values.calibration)];

const page = await openPage();
try {
  const rows: string[][] = [];
  for (const name of values.models.split(",")) {
    if (name !== readingName && !existsSync(join(assetsFolder(), "models", name))) {
      console.error(`skipped: ${name} is not in ${assetsFolder()}; set HALFTONE_ASSETS`);
      continue;
    }
    const row = await measure(name, page);
    console.error(row.join("  "));
    rows.push(row);
  }
  console.log(`${rounds} rounds; ${page.browser}; ${machineInWords()}; threads: ${values.threads ?? "the runtime's choice"}`);
  const names = ["web-wasm", "web-wasm-integer", "weights alone"];
  const heads = [
    "model",
    ...["float", ...names].map((name) => `${name} ms`),
    ...names.map((name) => `${name}, times the speed`),
    ...["float", ...names].map((name) => `${name} MB`),
  ];
  console.log(tableLines(heads, rows, 1).join("\n"));
} finally {
  await page.close();
}

async function measure(name: string, { call }: BenchPage): Promise<string[]> {
  const workload = await openWorkload(name, { calibration, evaluation: 4 });
  const float = new Uint8Array(readFileSync(workload.model));
  const targets = [webWasm(), webWasmInteger(), webWebGpu()];
  const samples = await taken(workload.evaluation);
  const models: Uint8Array[] = [float];
  for (const target of targets) models.push(await quantized(float, workload.calibration, target));
  const times = await call("latency", { models, samples, rounds, ...(values.threads !== undefined && { threads: Number(values.threads) }) });
  const speed = (which: number): string => median(times[0]!.map((milliseconds, round) => milliseconds / times[which]![round]!)).toFixed(2);
  return [name, ...times.map((each) => median(each).toFixed(1)), ...[1, 2, 3].map(speed), ...models.map(({ byteLength }) => (byteLength / 1e6).toFixed(1))];
}

async function quantized(model: Uint8Array, source: CalibrationSource, target: Target): Promise<Uint8Array> {
  return (await quantizeUnverified({ model: { model }, source, target, method: minMax(), backend: nodeBackend() })).model.model;
}

async function taken(source: CalibrationSource): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) samples.push(feeds);
  return samples;
}
