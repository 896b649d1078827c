import { resolve } from "node:path";
import type { Metric, ModelFiles, SearchSpace, Target } from "@halftone/core";
import { readModelFiles, type SampleSource } from "@halftone/node";
import { type PipelineExecutor, pipelineExecutor } from "@halftone/tuner";
import { draw } from "../data/draw.ts";
import { withLabels } from "../data/labelled.ts";
import { nameSample } from "../data/name-sample.ts";
import { openData } from "../data/open-data.ts";
import type { Context } from "../outcome.ts";
import { backendFor } from "../plugins/backend-for.ts";
import { openRegistry } from "../plugins/open-registry.ts";
import type { TrialSetup } from "./setup.ts";

export interface Trials {
  readonly executor: PipelineExecutor;
  readonly target: Target;
  readonly model: ModelFiles;
  readonly evaluation: SampleSource;
  readonly metrics: readonly Metric[];
}

/** Opens model and data, and measures the float model. `context.signal` ends that and nothing later. */
export async function openTrials(setup: TrialSetup, plugins: readonly string[], context: Context): Promise<Trials> {
  const { seed, calibration, searchSamples, maxMemoryMB } = setup;
  const registry = await openRegistry({ flags: plugins }, context.cwd);
  const target = await registry.target(setup.target);
  const model = await readModelFiles(resolve(context.cwd, setup.model));
  // The best so far is built after the search was interrupted, so the data has to outlast the signal.
  const data = await openData(setup, model, { ...context, signal: new AbortController().signal });
  const wanted = { calibration, verification: setup.evaluation, seed };
  const { source: evaluation, metrics } = await withLabels(data.pick(draw(data.names.length, wanted).verification), setup.labels, context);
  const sources = new Map<number, SampleSource>();
  const sourceOf = (images: number): SampleSource => {
    const source = sources.get(images) ?? data.pick(draw(data.names.length, { ...wanted, calibration: images }).calibration);
    sources.set(images, source);
    return source;
  };
  const executor = await nameSample([evaluation], () =>
    pipelineExecutor({
      ...{ model, backend: backendFor(target, registry), target, evaluation, seed, signal: context.signal },
      calibration: sourceOf,
      ...(metrics.length > 0 && { metrics }),
      ...(setup.score && { score: setup.score }),
      method: (name, options) => registry.method(name, options),
      ...(setup.space && { space: setup.space as SearchSpace }),
      search: { ...(searchSamples !== undefined && { samples: searchSamples }), ...(maxMemoryMB !== undefined && { maxMemoryMB }) },
    }),
  );
  return { executor, target, model, evaluation, metrics };
}
