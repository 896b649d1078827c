/** One model measured, or two models side by side: what the pipeline's last stage does, for models that exist already. */
import { checkedSource } from "./checked-source.ts";
import { readModel } from "./onnx/index.ts";
import type { Backend, CalibrationSource, Metric, ModelFiles, RunOptions } from "./spec/index.ts";
import { createStages, now } from "./stages.ts";
import { type Comparison, compareModels, type Evaluation, evaluateSession, sizeOf } from "./verify/index.ts";

export interface EvaluateOptions extends RunOptions {
  readonly model: ModelFiles;
  readonly backend: Backend;
  readonly source: CalibrationSource;
  /** How many samples of the source to run. Default: all of it. */
  readonly samples?: number;
  readonly metrics: readonly Metric[];
}

/** As fast as a comparison would find it. @throws `invalid-model`, `invalid-data` naming the sample, `backend-failed`, `backend-unavailable`, `aborted`. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { graph } = readModel(options.model);
  const session = await options.backend.open(options.model, { spinning: false });
  try {
    return await createStages(options).run("verify", (progress) =>
      evaluateSession({ ...options, source: checkedSource(options.source, graph), session, now, onSample: (done) => progress(done, totalOf(options)) }),
    );
  } finally {
    await session.dispose();
  }
}

export interface ModelComparisonOptions extends RunOptions {
  readonly float: ModelFiles;
  readonly quantized: ModelFiles;
  readonly backend: Backend;
  readonly source: CalibrationSource;
  /** How many samples of the source to run. Default: all of it. */
  readonly samples?: number;
  readonly metrics?: readonly Metric[];
}

export interface ModelComparison extends Comparison {
  readonly bytes: { readonly before: number; readonly after: number };
}

/** Runs both models on the same inputs, in turns. @throws as {@link evaluate}. */
export async function compare(options: ModelComparisonOptions): Promise<ModelComparison> {
  const { graph } = readModel(options.float);
  const float = await options.backend.open(options.float, { spinning: false });
  try {
    const quantized = await options.backend.open(options.quantized, { spinning: false });
    try {
      const comparison = await createStages(options).run("verify", (progress) =>
        compareModels({
          ...options,
          source: checkedSource(options.source, graph),
          float,
          quantized,
          now,
          onSample: (done) => progress(done, totalOf(options)),
        }),
      );
      return { ...comparison, bytes: { before: sizeOf(options.float), after: sizeOf(options.quantized) } };
    } finally {
      await quantized.dispose();
    }
  } finally {
    await float.dispose();
  }
}

function totalOf({ samples, source }: { readonly samples?: number; readonly source: CalibrationSource }): number | undefined {
  return source.batches === undefined ? samples : Math.min(source.batches, samples ?? Number.POSITIVE_INFINITY);
}
