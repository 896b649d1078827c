import { type SearchSpace, topK } from "@halftone/core";
import { type Calibration, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget, readModelFiles } from "@halftone/node";
import { enumerate, gridSearch, type PipelineExecutor, pipelineExecutor, tune } from "@halftone/tuner";
import { journalFile } from "@halftone/tuner/node";
import { held, sourceOf } from "../shared/held.ts";
import { spread } from "../shared/spread.ts";
import type { Workload } from "../shared/workload.ts";
import type { LandscapeFile } from "./landscape-file.ts";

export interface MeasureOptions {
  /** Classifier with labels. */
  readonly workload: Workload;
  readonly space: SearchSpace;
  /** Of the search: what it holds is not measured again. */
  readonly journal: string;
  readonly tell: (line: string) => void;
}

/** The top-1 of every candidate on every evaluation sample. Candidates are trials of one search: what they share of calibration is done once. */
export async function measureLandscape({ workload, space, journal, tell }: MeasureOptions): Promise<Omit<LandscapeFile, "command" | "machine" | "weights">> {
  const executor = await openExecutor(workload, space);
  const trials = enumerate(space).length;
  const result = await tune({
    workload: executor.workload,
    space,
    strategy: gridSearch(),
    executor,
    store: journalFile(journal),
    trials,
    onEvent: (event) => {
      if (event.type === "trial-end") tell(`${event.done}/${trials} ${JSON.stringify(event.trial.candidate)} ${JSON.stringify(event.trial.outcome)}`);
    },
  });
  const samples = { calibration: workload.calibration.batches!, evaluation: workload.evaluation.batches! };
  const dimensions = space.dimensions.map(({ name }) => name);
  return {
    model: workload.name,
    samples,
    features: executor.workload.features,
    float: countOf(executor.workload.reference!, samples.evaluation),
    dimensions,
    trials: result.trials.map(({ candidate, outcome }) => {
      if (outcome.status === "failed") throw new Error(`${JSON.stringify(candidate)}: ${outcome.message}`);
      return [...dimensions.map((name) => candidate[name]!), countOf(outcome.score, samples.evaluation), outcome.metrics["bytes"]!];
    }),
  };
}

/** Of a share of whole samples. */
function countOf(share: number, samples: number): number {
  return Number((share * samples).toFixed(0));
}

async function openExecutor({ model, calibration, evaluation, truths }: Workload, space: SearchSpace): Promise<PipelineExecutor> {
  const samples = await held(calibration);
  return pipelineExecutor({
    model: await readModelFiles(model),
    backend: nodeBackend(),
    target: await nodeTarget(),
    calibration: (images) => sourceOf(`calibration ${images}`, spread(samples, images)),
    evaluation: sourceOf(`evaluation ${evaluation.batches}`, await held(evaluation)),
    metrics: [topK(1, truths as readonly number[])],
    method: (_, { calibration: kind }) => minMax({ calibration: kind as Calibration }),
    space,
  });
}
