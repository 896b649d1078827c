// npm run bench -- trial-cost [MODEL] [STEP]: what a trial of a search costs against quantizing and verifying afresh: the same candidates, in turns, in one
// process. Images are decoded before, so that neither side pays for them. Seconds on the clock and of the processor: other work stretches the first.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type CalibrationSource, quantize } from "@halftone/core";
import { type Calibration, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget, readModelFiles } from "@halftone/node";
import { enumerate, pipelineExecutor, quantune96, recipeOf } from "@halftone/tuner";
import { assetsFolder } from "./shared/assets.ts";
import { held, sourceOf } from "./shared/held.ts";
import { imageWorkload } from "./shared/image-workload.ts";
import { createStopwatch } from "./shared/stopwatch.ts";

const assets = resolve(assetsFolder());
const name = process.argv[2] ?? "mobilenet-v2-1.0-224";
/** Every third candidate, about as many as a search has by default; every fourth or eighth would always meet the same scheme. */
const step = Number(process.argv[3] ?? 3);
const [images, evaluated] = [[1, 16, 64], 128];

if (!existsSync(assets)) console.log(`skipped: ${assets} is not there; set HALFTONE_ASSETS`);
else await bench();

async function bench(): Promise<void> {
  const workload = imageWorkload(assets, name, { calibration: Math.max(...images), evaluation: evaluated });
  const [samples, evaluation] = [await held(workload.calibration), sourceOf("evaluation", await held(workload.evaluation))];
  const calibration = (count: number): CalibrationSource => sourceOf(`calibration ${count}`, samples.slice(0, count));
  const [model, backend, target] = [await readModelFiles(workload.model), nodeBackend(), await nodeTarget()];
  const method = (_: string, { calibration: kind }: Readonly<Record<string, unknown>>) => minMax({ calibration: kind as Calibration });
  const space = quantune96({ images });
  const candidates = enumerate(space).filter((_, index) => index % step === 0);
  const [opening, trials, naive] = [createStopwatch(), createStopwatch(), createStopwatch()];

  const executor = await opening.time(() => pipelineExecutor({ model, backend, target, calibration, evaluation, method, space }));
  for (const candidate of candidates) {
    const outcome = await trials.time(() => executor.execute({ candidate, effort: 1 }, new AbortController().signal));
    const recipe = recipeOf(candidate, { target, ends: executor.ends });
    const run = { model, backend, target, method: method("", recipe.methodOptions), config: recipe.config };
    const { report } = await naive.time(() => quantize({ ...run, source: calibration(recipe.images), verification: evaluation }));
    if (outcome.status !== "done" || outcome.score !== report.agreement?.top1) throw new Error(`${JSON.stringify(candidate)}: ${JSON.stringify(outcome)}`);
  }
  console.log(`${name}: ${candidates.length} trials of ${images.join(", ")} calibration images and ${evaluated} evaluation images`);
  console.log("| seconds | opening, once | trial | trial with its share of the opening | afresh | ratio |\n|---|---:|---:|---:|---:|---:|");
  for (const kind of ["clock", "processor"] as const) {
    const [once, trial, afresh] = [opening[kind], trials[kind] / candidates.length, naive[kind] / candidates.length];
    const shared = trial + once / candidates.length;
    console.log(`| ${[kind, ...[once, trial, shared, afresh, shared / afresh].map((seconds) => seconds.toFixed(2))].join(" | ")} |`);
  }
}
