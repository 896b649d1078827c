import type { Model } from "../ir/index.ts";
import { readModel } from "../onnx/index.ts";
import { type Backend, type Calibrator, type Observation, QuantError, type Statistics, type Tensors } from "../spec/index.ts";
import { ahead } from "./ahead.ts";
import { feedChecker } from "./feeds.ts";
import { findNaN } from "./find-nan.ts";
import { type Instrumented, instrument } from "./instrument.ts";
import { type Observed, observedByKey } from "./observed.ts";
import { sampleProgress } from "./progress.ts";
import { withoutSettled } from "./settle.ts";
import { shapesFor } from "./shapes.ts";

export interface CalibratorOptions {
  /** Milliseconds, monotonic: for the time left. Default `performance.now`. */
  readonly now?: () => number;
}

export function createCalibrator({ now = () => performance.now() }: CalibratorOptions = {}): Calibrator {
  return {
    collect: async (files, source, observations, backend, { signal, onEvent = () => undefined } = {}) => {
      const observed = observedByKey(observations);
      if (observed.size === 0) return statisticsOf(observed);
      const model = readModel(files);
      const check = feedChecker(model.graph);
      const progress = sampleProgress(source.batches, onEvent, now);
      let run: Run | undefined;
      let sample = 0;
      try {
        for await (const feeds of ahead(source, signal)) {
          check(feeds, sample);
          run ??= await startRun(model, [...observed.values()], feeds, source.batches, backend, signal);
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
      return statisticsOf(observed);
    },
  };
}

function statisticsOf(observed: ReadonlyMap<string, Observed>): Statistics {
  return {
    get: <Stat>({ key }: Observation<Stat>): Stat => {
      const found = observed.get(key);
      if (found) return found.observer.result() as Stat;
      throw new QuantError("internal", `Statistic "${key}" was not collected; a method must declare it in observe().`, { details: { observation: key } });
    },
  };
}

interface Run {
  update(feeds: Tensors, sample: number): Promise<void>;
  dispose(): Promise<void>;
}

async function startRun(
  model: Model,
  all: readonly Observed[],
  first: Tensors,
  samples: number | undefined,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<Run> {
  const observations = all.map(({ observation }) => observation);
  const shapeOf = await shapesFor(model, observations, first, backend, signal);
  const open = await withoutSettled(model, all, shapeOf, first, samples, backend, signal);
  const instrumented = await instrument(
    model,
    open.map(({ observation }) => fewerValues(observation, samples)),
    shapeOf,
  );
  const session = await backend.open(instrumented.files);
  const options = { fetch: instrumented.fetch, ...(signal && { signal }) };
  return {
    update: async (feeds, sample) => {
      const outputs = await atSample(sample, session.run(instrumented.feeds(feeds, sample), options));
      await refuseNaN(instrumented, outputs, model, feeds, backend, sample);
      instrumented.read(outputs).forEach((tensor, index) => {
        open[index]!.observer.update(tensor);
      });
    },
    dispose: () => session.dispose(),
  };
}

/** Values of one tensor that are enough in all, and of each sample at least. */
const enoughValues = 2 ** 17;
const fewestValues = 2 ** 10;

/** Looking at values one by one is what histograms cost: of many samples, fewer values each say as much. */
function fewerValues(observation: Observation<unknown>, samples = Number.POSITIVE_INFINITY): Observation<unknown> {
  if (observation.reduction.kind !== "samples") return observation;
  const count = Math.min(observation.reduction.count, Math.max(fewestValues, Math.ceil(enoughValues / samples)));
  return { ...observation, reduction: { kind: "samples", count } };
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
