import type { Model } from "../ir/index.ts";
import { readModel } from "../onnx/index.ts";
import { type Backend, type Calibrator, type Observation, type Observer, QuantError, type Statistics, type Tensors } from "../spec/index.ts";
import { ahead } from "./ahead.ts";
import { feedChecker } from "./feeds.ts";
import { findNaN } from "./find-nan.ts";
import { type Instrumented, instrument } from "./instrument.ts";
import { sampleProgress } from "./progress.ts";
import { shapesFor } from "./shapes.ts";

export interface CalibratorOptions {
  /** Milliseconds, monotonic: for the time left. Default `performance.now`. */
  readonly now?: () => number;
}

export function createCalibrator({ now = () => performance.now() }: CalibratorOptions = {}): Calibrator {
  return {
    collect: async (files, source, observations, backend, { signal, onEvent = () => undefined } = {}) => {
      const merged = mergeByKey(observations);
      const observers = merged.map((observation) => observation.createObserver());
      if (merged.length === 0) return statisticsOf(merged, observers);
      const model = readModel(files);
      const check = feedChecker(model.graph);
      const progress = sampleProgress(source.batches, onEvent, now);
      let run: Run | undefined;
      let sample = 0;
      try {
        for await (const feeds of ahead(source, signal)) {
          check(feeds, sample);
          run ??= await startRun(model, merged, observers, feeds, backend, signal);
          await run.update(feeds, sample);
          progress(++sample);
        }
      } finally {
        await run?.dispose();
      }
      if (sample === 0) {
        throw new QuantError("empty-calibration", `Source "${source.id}" yields no samples; calibration needs at least one.`, {
          details: { source: source.id },
        });
      }
      return statisticsOf(merged, observers);
    },
  };
}

function mergeByKey(observations: readonly Observation<unknown>[]): readonly Observation<unknown>[] {
  return [...new Map(observations.map((observation) => [observation.key, observation])).values()];
}

function statisticsOf(observations: readonly Observation<unknown>[], observers: readonly Observer<unknown>[]): Statistics {
  const byKey = new Map(observations.map((observation, index) => [observation.key, observers[index]!]));
  return {
    get: <Stat>(observation: Observation<Stat>): Stat => {
      const observer = byKey.get(observation.key);
      if (observer) return observer.result() as Stat;
      throw new QuantError("internal", `Statistic "${observation.key}" was not collected; a method must declare it in observe().`, {
        details: { observation: observation.key },
      });
    },
  };
}

interface Run {
  update(feeds: Tensors, sample: number): Promise<void>;
  dispose(): Promise<void>;
}

async function startRun(
  model: Model,
  observations: readonly Observation<unknown>[],
  observers: readonly Observer<unknown>[],
  first: Tensors,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const instrumented = instrument(model, observations, await shapesFor(model, observations, first, backend, signal));
  const session = await backend.open(instrumented.files);
  const options = { fetch: instrumented.fetch, ...(signal && { signal }) };
  return {
    update: async (feeds, sample) => {
      const outputs = await atSample(sample, session.run(instrumented.feeds(feeds, sample), options));
      await refuseNaN(instrumented, outputs, model, feeds, backend, sample);
      instrumented.read(outputs).forEach((tensor, index) => {
        observers[index]!.update(tensor);
      });
    },
    dispose: () => session.dispose(),
  };
}

async function atSample<Result>(sample: number, running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (cause) {
    if (!QuantError.is(cause, "backend-failed")) throw cause;
    throw new QuantError("backend-failed", `Sample ${sample} could not be run: ${cause.message}`, { details: { ...cause.details, sample }, cause });
  }
}

async function refuseNaN(instrumented: Instrumented, outputs: Tensors, model: Model, feeds: Tensors, backend: Backend, sample: number): Promise<void> {
  if (!instrumented.sawNaN(outputs)) return;
  const found = await findNaN(model, feeds, backend);
  // Infinities of both signs add up to NaN as well; they are the observers' to report.
  if (!found) return;
  throw new QuantError(
    "invalid-data",
    `Sample ${sample} makes node "${found.node}" compute NaN in "${found.tensor}". Check how the sample is preprocessed; if it is right, the float model itself fails on it.`,
    { details: { sample, tensor: found.tensor, node: found.node } },
  );
}
