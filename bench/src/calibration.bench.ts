// node calibration.bench.js [SAMPLES] [ROUNDS] [MODEL ...]: what calibration costs beyond running the float model.
//
// Time: seconds to collect the statistics of a whole model over seconds to run the float model on the same prepared
// samples, opening of sessions included on both sides; rounds alternate. Memory: peak resident size with 512 samples over
// that with 16, each in a process of its own.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Backend, type CalibrationSource, createCalibrator, type ModelFiles, type Observation, type Tensors } from "@halftone/core";
import { minMax } from "@halftone/min-max";
import { nodeBackend } from "@halftone/node";
import { prepareSubject, type Subject, subjectNames } from "./calibration/subject.ts";
import { median } from "./shared/median.ts";

const samples = Number(process.argv[2] ?? 256);
const rounds = Number(process.argv[3] ?? 3);
const names = process.argv.length > 4 ? process.argv.slice(4) : subjectNames;
const native = nodeBackend();
const backends: Readonly<Record<string, Backend>> = {
  default: native,
  // Steadier where the cores are shared: no threads that wait for each other.
  "1 thread": { ...native, open: (model, options) => native.open(model, { ...options, threads: 1, spinning: false }) },
};
const methods = { "min-max": minMax(), histogram: minMax({ calibration: "mse" }) };

console.log(`Time over float inference, ${samples} samples, median (least) of ${rounds} rounds`);
console.log("| model | threads | ms float | min-max | histogram |");
console.log("|---|---|---:|---:|---:|");
for (const name of names) {
  const subject = await prepareSubject(name, samples);
  const source: CalibrationSource = { id: name, batches: subject.feeds.length, [Symbol.asyncIterator]: () => iterate(subject.feeds) };
  for (const [threads, backend] of Object.entries(backends)) {
    const seconds = { float: [] as number[], "min-max": [] as number[], histogram: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      seconds.float.push(await timed(() => runFloat(subject, backend)));
      for (const method of ["min-max", "histogram"] as const) {
        const observations = subject.observe(methods[method]);
        seconds[method].push(await timed(() => collect(subject.normalized, source, observations, backend)));
      }
    }
    const ratio = (method: "min-max" | "histogram"): string => {
      const ratios = seconds[method].map((each, round) => each / seconds.float[round]!);
      return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)})`;
    };
    const float = (1000 * median(seconds.float)) / samples;
    console.log(`| ${name} | ${threads} | ${float.toFixed(2)} | ${ratio("min-max")} | ${ratio("histogram")} |`);
  }
}

console.log("\nPeak resident size, 512 samples over 16");
console.log("| model | min-max | histogram |");
console.log("|---|---:|---:|");
const child = fileURLToPath(new URL("./calibration/peak-memory.js", import.meta.url));
for (const name of names) {
  const peak = (calibration: string, count: number): number =>
    Number(execFileSync(process.execPath, [child, name, calibration, String(count)], { encoding: "utf8" }));
  const cell = (calibration: string): string => {
    const [few, many] = [peak(calibration, 16), peak(calibration, 512)];
    return `${(many / few).toFixed(2)} (${Math.ceil(few / 1024)} MB)`;
  };
  console.log(`| ${name} | ${cell("max")} | ${cell("mse")} |`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function runFloat({ original, feeds }: Subject, backend: Backend): Promise<void> {
  const session = await backend.open(original);
  for (const each of feeds) await session.run(each);
  await session.dispose();
}

async function collect(model: ModelFiles, source: CalibrationSource, observations: readonly Observation<unknown>[], backend: Backend): Promise<void> {
  await createCalibrator().collect(model, source, observations, backend);
}

async function* iterate(feeds: readonly Tensors[]): AsyncGenerator<Tensors> {
  yield* feeds;
}
