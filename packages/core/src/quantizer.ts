/** The pipeline: bytes -> graph -> calibrate -> plan -> rewrite -> verify -> bytes. */
import { createCalibrator } from "./calibrate/index.ts";
import { rememberingCalibrator } from "./calibrate/remembering-calibrator.ts";
import { checkedSource } from "./checked-source.ts";
import { type Contexts, createContexts, hexOf } from "./contexts.ts";
import { type Model, viewOf } from "./ir/index.ts";
import { type Normalization, normalize } from "./normalize/index.ts";
import { readModel, writeModel } from "./onnx/index.ts";
import type { Apart } from "./outliers/index.ts";
import { place, resolveConfig } from "./placement/index.ts";
import { assemblePlan } from "./plan/index.ts";
import { modelToDeploy } from "./rewrite/index.ts";
import type {
  Backend,
  CalibrationSource,
  Json,
  ModelFiles,
  PlanContext,
  QuantEvent,
  QuantizeOptions,
  Quantizer,
  QuantMethod,
  QuantPlan,
  QuantResult,
  RunOptions,
  Target,
  Tensors,
} from "./spec/index.ts";
import { QuantError } from "./spec/index.ts";
import { createStages, now, type Stages } from "./stages.ts";
import type { NodeSensitivity } from "./verify/index.ts";

export function createQuantizer(): Quantizer {
  return { quantize, plan, apply };
}

/**
 * Quantizes a model with the caller's data: the whole pipeline.
 *
 * @throws every code of {@link ErrorCode} that its stages name; see each contract.
 */
export async function quantize(options: QuantizeOptions): Promise<QuantResult> {
  const stages = createStages(options);
  const prepared = await prepareWithSource(options, stages);
  const plan = await makePlan(prepared, options, stages);
  if (options.autoExclude) {
    const rows = await sensitivityOf(prepared, plan, options, options.autoExclude.samples ?? 4, stages);
    const { nodesBelow } = await import("./verify/sensitivity.ts");
    const excluded = nodesBelow(rows, options.autoExclude.sqnrDb);
    const { autoExclude: _, ...rest } = options;
    if (excluded.length > 0) return quantize({ ...rest, config: withExclusions(options, excluded) });
  }
  const model = await stages.run("rewrite", async () => writeModel(await modelToDeploy(prepared.model, plan, options.target)));
  const source = options.verification ?? options.source;
  const total = options.verificationSamples ?? source.batches;
  const report = await stages.run("verify", async (progress) => {
    const { verifyModel } = await import("./verify/verify.ts");
    return verifyModel({
      ...options,
      ...(options.verificationSamples !== undefined && { samples: options.verificationSamples }),
      float: options.model,
      quantized: model,
      plan,
      graph: prepared.model.graph,
      shapes: prepared.observedShapes,
      source: checkedSource(source, prepared.model.graph),
      seconds: stages.seconds,
      now,
      onSample: (done) => progress(done, total),
    });
  });
  stages.emit({ type: "verification-end", report });
  return { model, plan, report };
}

/** Everything up to the plan. */
export async function plan(options: QuantizeOptions): Promise<QuantPlan> {
  const stages = createStages(options);
  return makePlan(await prepareWithSource(options, stages), options, stages);
}

/** Everything but the verification, for callers that measure by themselves. `autoExclude` is not looked at. */
export async function quantizeUnverified(options: QuantizeOptions): Promise<Omit<QuantResult, "report">> {
  const stages = createStages(options);
  const prepared = await prepareWithSource(options, stages);
  const plan = await makePlan(prepared, options, stages);
  return { model: await stages.run("rewrite", async () => writeModel(await modelToDeploy(prepared.model, plan, options.target))), plan };
}

/** Applies a plan to the model it was made for. */
export async function apply(
  model: ModelFiles,
  plan: QuantPlan,
  options: { readonly target: Target; readonly backend: Backend } & RunOptions,
): Promise<ModelFiles> {
  const hash = await hashOf(model);
  if (hash !== plan.model) {
    throw new QuantError("plan-mismatch", `The plan was made for model ${plan.model.slice(0, 12)}, this one is ${hash.slice(0, 12)}; make a new plan.`, {
      details: { plan: plan.model, model: hash },
    });
  }
  const stages = createStages(options);
  const prepared = await prepare(model, options.backend, stages, options);
  if (plan.outliers) await (await import("./outliers/index.ts")).partOutliers(prepared.model, plan.outliers);
  const unknown = Object.keys(plan.nodes).find((name) => !prepared.model.graph.node(name));
  if (unknown)
    throw new QuantError("plan-mismatch", `The plan names node ${unknown}, which the normalized model does not have.`, { details: { node: unknown } });
  return stages.run("rewrite", async () => writeModel(await modelToDeploy(prepared.model, plan, options.target)));
}

/** How much each integer node of the plan costs, alone and together with those before it. */
export async function sensitivity(options: QuantizeOptions & { readonly samples?: number }): Promise<readonly NodeSensitivity[]> {
  const stages = createStages(options);
  const prepared = await prepareWithSource(options, stages);
  return sensitivityOf(prepared, await makePlan(prepared, options, stages), options, options.samples ?? 4, stages);
}

interface Prepared extends Normalization, Partial<Pick<Apart, "apart">> {
  readonly model: Model;
  /** Of the file. */
  readonly hash: string;
}

async function prepareWithSource(options: QuantizeOptions, stages: Stages): Promise<Prepared> {
  const make = () => prepare(options.model, options.backend, stages, options, options);
  if (!options.memory) return make();
  return options.memory.remember(`normalized:${options.config?.outliers ?? ""}:${await hashOf(options.model)}`, make);
}

async function prepare(
  files: ModelFiles,
  backend: Backend,
  stages: Stages,
  { signal }: RunOptions,
  data?: Pick<QuantizeOptions, "source" | "config">,
): Promise<Prepared> {
  const model = await stages.run("read", () => readModel(files));
  const feeds = data && (await firstSamples(data.source, 1))[0];
  const looking = { backend, ...(feeds && { feeds }), ...(signal && { signal }) };
  const normalization = await stages.run("normalize", async () => {
    const normalized = await normalize(model, looking);
    if (!data || data.config?.outliers === "together") return normalized;
    const { computeOutliersApart } = await import("./outliers/index.ts");
    return {
      ...normalized,
      ...(await computeOutliersApart(model, { ...looking, observedShapes: normalized.observedShapes, source: data.source, calibrator: createCalibrator() })),
    };
  });
  return { ...normalization, model, hash: await hashOf(files) };
}

async function makePlan(prepared: Prepared, options: QuantizeOptions, stages: Stages): Promise<QuantPlan> {
  const { target, backend, signal } = options;
  const { model } = prepared;
  const methods = [options.method].flat();
  const config = resolveConfig(options.config, target);
  const placement = place(viewOf(model.graph), prepared.units, target, config);
  const source = checkedSource(options.source, model.graph);
  const identity = [prepared.hash, config as unknown as Json];
  const contexts = createContexts({ ...options, source, model, normalization: prepared, placement, identity, emit: stages.emit });
  const statistics = await stages.run("calibrate", (progress) => {
    const onEvent = (event: QuantEvent): void => (event.type === "progress" ? progress(event.done, event.total) : stages.emit(event));
    const observations = [...methods.flatMap((method) => method.observe(contexts.forMethod())), ...foreseen(prepared, options, contexts)];
    const calibrator = options.memory
      ? rememberingCalibrator(createCalibrator(), options.memory, JSON.stringify([prepared.hash, prepared.apart]))
      : createCalibrator();
    return calibrator.collect(writeModel(model), options.source, observations, backend, { ...options, onEvent });
  });
  const planWith = async (method: QuantMethod, progress: PlanContext["progress"]): Promise<QuantPlan> => {
    const methodPlan = await method.plan(contexts.forPlan(method.name, statistics, progress));
    const { apart, hash } = prepared;
    return assemblePlan({ graph: model.graph, placement, methodPlan, target, method: method.name, model: hash, ...(apart && { apart }) });
  };
  const made = await stages.run("plan", async (progress) => {
    try {
      const plans: QuantPlan[] = [];
      for (const [index, method] of methods.entries()) {
        plans.push(await planWith(method, (done, total) => progress(index + done / total, methods.length)));
      }
      if (plans.length === 1) return plans[0]!;
      const onPlan = ({ method }: QuantPlan, sqnrDb: number): void => stages.emit({ type: "plan-compared", method, sqnrDb });
      const samples = await firstSamples(options.source, comparedSamples);
      const { choosePlan } = await import("./verify/choose-plan.ts");
      return await choosePlan({ model, plans, target, backend, samples, onPlan, ...(signal && { signal }) });
    } finally {
      await contexts.dispose();
    }
  });
  for (const [tensor, reason] of Object.entries(made.skipped)) stages.emit({ type: "tensor-skipped", tensor, reason });
  stages.emit({ type: "plan-end", plan: made });
  return made;
}

function foreseen({ model, units }: Prepared, { memory, foresee = [], target }: QuantizeOptions, contexts: Contexts): ReturnType<QuantMethod["observe"]> {
  if (memory === undefined) return [];
  const graph = viewOf(model.graph);
  return foresee.flatMap(({ method, config }) =>
    method.observe({ ...contexts.forMethod(), placement: place(graph, units, target, resolveConfig(config, target)) }),
  );
}

/** Held in memory while plans are compared. */
const comparedSamples = 16;

async function sensitivityOf(prepared: Prepared, plan: QuantPlan, options: QuantizeOptions, samples: number, stages: Stages) {
  const feeds = await firstSamples(options.source, samples);
  const { measureSensitivity } = await import("./verify/sensitivity.ts");
  return stages.run("sensitivity", (progress) => measureSensitivity({ ...options, model: prepared.model, plan, samples: feeds, onNode: progress }));
}

function withExclusions(options: QuantizeOptions, nodes: readonly string[]) {
  const exclusions = nodes.map((node) => ({ match: node.replace(/[/\\^$*+?.()|[\]{}]/g, "\\$&"), float: true }));
  return { ...options.config, overrides: [...(options.config?.overrides ?? []), ...exclusions] };
}

async function firstSamples(source: CalibrationSource, count: number): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) {
    samples.push(feeds);
    if (samples.length >= count) break;
  }
  if (samples.length === 0) throw new QuantError("empty-calibration", "The calibration data holds no sample; hand in at least one.");
  return samples;
}

async function hashOf(files: ModelFiles): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", files.model as Uint8Array<ArrayBuffer>);
  return hexOf(digest);
}
