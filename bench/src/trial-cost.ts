// npm run bench -- trial-cost [MODEL]: what a trial of a search costs against quantizing and verifying afresh: the same candidates, in turns, in one
// process. Images are decoded before, so that neither side pays for them.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type CalibrationSource, quantize, type Tensors } from "@halftone/core";
import { type Calibration, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget, readModelFiles } from "@halftone/node";
import { enumerate, pipelineExecutor, quantune96, recipeOf } from "@halftone/tuner";
import { assetsFolder } from "./shared/assets.ts";
import { imageWorkload } from "./shared/image-workload.ts";

const assets = resolve(assetsFolder());
const name = process.argv[2] ?? "mobilenet-v2-1.0-224";
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
  // Every third, about as many as a search has by default; every fourth or eighth would always meet the same scheme.
  const candidates = enumerate(space).filter((_, index) => index % 3 === 0);

  let start = performance.now();
  const executor = await pipelineExecutor({ model, backend, target, calibration, evaluation, method, space });
  const opening = performance.now() - start;
  let [trials, naive] = [opening, 0];
  for (const candidate of candidates) {
    start = performance.now();
    const outcome = await executor.execute({ candidate, effort: 1 }, new AbortController().signal);
    trials += performance.now() - start;
    start = performance.now();
    const recipe = recipeOf(candidate, { target, ends: executor.ends });
    const { report } = await quantize({
      model,
      backend,
      target,
      method: method("", recipe.methodOptions),
      config: recipe.config,
      source: calibration(recipe.images),
      verification: evaluation,
    });
    naive += performance.now() - start;
    if (outcome.status !== "done" || outcome.score !== report.agreement?.top1) throw new Error(`${JSON.stringify(candidate)}: ${JSON.stringify(outcome)}`);
  }
  const each = (milliseconds: number): string => (milliseconds / candidates.length / 1000).toFixed(2);
  console.log(`${name}: ${candidates.length} trials of ${images.join(", ")} calibration images and ${evaluated} evaluation images`);
  console.log(
    `seconds per trial: ${each(trials)} with the opening (${(opening / 1000).toFixed(2)} once), ${each(naive)} afresh; ratio ${(trials / naive).toFixed(2)}`,
  );
}

async function held(source: CalibrationSource): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) samples.push(feeds);
  return samples;
}

function sourceOf(id: string, samples: readonly Tensors[]): CalibrationSource {
  return {
    id,
    batches: samples.length,
    async *[Symbol.asyncIterator]() {
      yield* samples;
    },
  };
}
