/** Trials in this process: the whole pipeline for each candidate, with everything that does not depend on the candidate done once. */
import {
  type Backend,
  type CalibrationSource,
  type Candidate,
  createRunMemory,
  type ErrorCode,
  type Executor,
  evaluate,
  type Json,
  type Metric,
  type ModelFiles,
  normalize,
  type Outcome,
  type Proposal,
  QuantError,
  type QuantMethod,
  type QuantResult,
  quantizeUnverified,
  readModel,
  type SearchOptions,
  type SearchSpace,
  sizeOfModel,
  type Target,
  viewOf,
  type Workload,
} from "@halftone/core";
import { needsRanking, recipeOf } from "../recipe/recipe.ts";
import { relativesOf } from "../space/relatives.ts";
import { restrictTo } from "../space/target-rules.ts";
import { imagesToLearnFrom } from "./images-to-learn-from.ts";
import { layerFacts } from "./layer-facts.ts";
import { layerRanking } from "./layer-ranking.ts";
import { modelFacts } from "./model-facts.ts";
import { floatReference, type LabelFreeScore } from "./reference.ts";
import { workloadId } from "./workload-id.ts";

export interface PipelineExecutorOptions {
  readonly model: ModelFiles;
  readonly backend: Backend;
  readonly target: Target;
  /** So many samples to calibrate with; the same count asks for the same samples, under the same id. */
  readonly calibration: (images: number) => CalibrationSource;
  /** What trials are scored on. With `batches` set, a trial of less effort looks at the first share of it. */
  readonly evaluation: CalibrationSource;
  /** The first is the score. Default: `score`. */
  readonly metrics?: readonly Metric[];
  /** Without metrics: how answers are held against the float model's. Default `agreement`. */
  readonly score?: LabelFreeScore;
  /** A method by the name that the space gives it. */
  readonly method: (name: string, options: Readonly<Record<string, Json>>) => QuantMethod;
  /** What is to be searched: candidates that differ in clipping or layers in float then share a pass over the calibration data. */
  readonly space?: SearchSpace;
  readonly search?: SearchOptions;
  /** Default 0. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface PipelineExecutor extends Executor {
  /** What its trials belong to. */
  readonly workload: Workload;
  /** The nodes that `precision: mixed` leaves in float. */
  readonly ends: readonly string[];
  /** Without the candidates that the target cannot execute. @throws `invalid-config` when none is left. */
  restrict(space: SearchSpace): SearchSpace;
  /** The model that a candidate stands for, and its plan. @throws as `quantize` of core. */
  build(candidate: Candidate, signal: AbortSignal): Promise<Omit<QuantResult, "report">>;
}

/** What a candidate can be to blame for. */
const blamed: readonly ErrorCode[] = ["unsupported-op", "unsupported-encoding", "invalid-config", "nothing-quantized", "backend-failed", "internal"];

/** Reads the model, looks at its layers and measures it in float. One trial at a time. @throws as `quantize` and `evaluate` of core. */
export async function pipelineExecutor(options: PipelineExecutorOptions): Promise<PipelineExecutor> {
  const { model, backend, target, evaluation, signal } = options;
  const parsed = readModel(model);
  await normalize(parsed, { backend, ...(signal && { signal }) });
  const { features, ends, layers } = modelFacts(viewOf(parsed.graph));
  const learning = { model: parsed, layers, source: options.calibration(imagesToLearnFrom(options.space)), backend, ...(signal && { signal }) };
  const measured = await layerFacts(learning);
  const { metrics, score: reference, unit } = await floatReference({ ...options, source: evaluation });
  const memory = createRunMemory();

  const relatives = options.space === undefined ? () => [] : relativesOf(options.space);
  const ranking = layerRanking({ ...options, memory, layers });
  const build = async (candidate: Candidate, aborting: AbortSignal) => {
    const recipe = recipeOf(candidate, { target, ends, ...(needsRanking(candidate) && { ranking: await ranking(aborting) }) });
    const run = { model, backend, target, signal: aborting, seed: options.seed ?? 0, memory, ...(options.search && { search: options.search }) };
    const method = options.method(recipe.method, recipe.methodOptions);
    const foresee = relatives(candidate).map((relative) => {
      const { method: name, methodOptions, config } = recipeOf(relative, { target, ends });
      return { method: options.method(name, methodOptions), config };
    });
    return quantizeUnverified({ ...run, method, foresee, config: recipe.config, source: options.calibration(recipe.images) });
  };
  const carryOut = async ({ candidate, effort }: Proposal, aborting: AbortSignal): Promise<Outcome> => {
    const quantized = await build(candidate, aborting);
    const samples = evaluation.batches === undefined ? undefined : Math.ceil(effort * evaluation.batches);
    const answers = await evaluate({
      model: quantized.model,
      backend,
      source: evaluation,
      metrics,
      signal: aborting,
      ...(samples !== undefined && { samples }),
    });
    const bytes = sizeOfModel(quantized.model);
    const score = answers.metrics[metrics[0]!.name]!;
    // A journal is JSON, which has neither NaN nor infinity.
    if (!Number.isFinite(score))
      return { status: "failed", code: "backend-failed", message: `The model's answers are unusable: ${metrics[0]!.name} is ${score}` };
    return { status: "done", score, metrics: { ...answers.metrics, bytes, seconds: answers.latency } };
  };
  return {
    concurrency: 1,
    ends,
    restrict: (space) => restrictTo(space, target, layers),
    build,
    workload: {
      ...{ id: await workloadId(model, evaluation, target, metrics[0]!.name), features: { ...features, ...measured }, reference },
      ...(unit && { unit }),
    },
    execute: (proposal, aborting) => carryOut(proposal, aborting).catch((error: unknown) => failureOf(error)),
  };
}

function failureOf(error: unknown): Outcome {
  if (!QuantError.is(error) || !blamed.includes(error.code)) throw error;
  return { status: "failed", code: error.code, message: error.message };
}
