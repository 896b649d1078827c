/** What every stage after this one may count on: operator set 21, constants as initializers, no BatchNorm where it can be folded, known types. */
import { type Model, pruneDead } from "../ir/index.ts";
import { type Backend, QuantError, type Tensors } from "../spec/index.ts";
import { rejectQuantized } from "./already-quantized.ts";
import { biasIntoGemm } from "./bias-into-gemm.ts";
import { constantsToInitializers } from "./constants-to-initializers.ts";
import { removeDropout } from "./dropout.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldScaleForward } from "./fold-scale-forward.ts";
import { foldScaleShift } from "./fold-scale-shift.ts";
import { removeIdentity } from "./identity.ts";
import { removeNeutralArithmetic } from "./neutral-arithmetic.ts";
import { upgradeOpset } from "./opset/index.ts";
import { plainGemm } from "./plain-gemm.ts";
import { applyRules, type Refusal } from "./rule.ts";
import { foldShapes } from "./shapes/fold-shapes.ts";
import { inferTypes } from "./shapes/infer-types.ts";
import { type ObservedShapes, recordShapes } from "./shapes/record-shapes.ts";
import { findUnits, fuseUnits, type Unit } from "./units/index.ts";

export { upgradeOpset, workingOpset } from "./opset/index.ts";
export type { Refusal } from "./rule.ts";
export { fixShapes } from "./shapes/fix-shapes.ts";
export { inferTypes } from "./shapes/infer-types.ts";
export { type ObservedShapes, recordShapes } from "./shapes/record-shapes.ts";
export { findUnits, type Unit, type UnitKind } from "./units/index.ts";

export interface NormalizeOptions {
  readonly backend: Backend;
  /** One sample of real inputs: shows the shapes that the graph alone does not tell. */
  readonly feeds?: Tensors;
  readonly signal?: AbortSignal;
}

/** What the stages behind have to know of a graph. */
export interface Survey {
  /** By node name, the kind of unit the node is part of: no Q/DQ goes between the nodes of one. */
  readonly units: ReadonlyMap<string, string>;
  /** Sizes of the values in the run with `feeds`. */
  readonly observedShapes: ObservedShapes;
  /** What was found and left alone, with the reason. */
  readonly refusals: readonly Refusal[];
}

export interface Normalization extends Survey {
  /** How often each rule was applied. */
  readonly applied: Readonly<Record<string, number>>;
}

/**
 * Rewrites a float model into the form that the other stages work on; its outputs stay what they were, to float32
 * precision. Deterministic: the same bytes give the same names, with `feeds` or without.
 *
 * @throws `already-quantized`, `unsupported-opset`, `unsupported-op`, `backend-failed` when the runtime does not accept
 * the model, `aborted`.
 */
export async function normalize(model: Model, options: NormalizeOptions): Promise<Normalization> {
  const { backend, signal } = options;
  const ruleOptions = signal ? { signal } : {};
  rejectQuantized(model);
  const constants = constantsToInitializers(model);
  await upgradeOpset(model);
  const removed = applyRules(model, [removeIdentity, removeDropout], ruleOptions);
  const settled = await settleConstants(model, backend, signal);
  const simplified = applyRules(model, [removeNeutralArithmetic, biasIntoGemm, plainGemm, fuseUnits], ruleOptions);
  const folded = applyRules(model, [foldBatchNorm, foldScaleShift, foldScaleForward], ruleOptions);
  pruneDead(model.graph);
  const surveyed = await survey(model, options);
  return {
    ...surveyed,
    applied: { "constant-to-initializer": constants.moved, ...removed.applied, ...settled.applied, ...simplified.applied, ...folded.applied },
    refusals: [constants, removed, settled, simplified, folded, surveyed].flatMap((report) => report.refusals),
  };
}

/** Of a normalized graph; again where it was changed. Fills in ranks that were unknown. */
export async function survey(model: Model, { backend, feeds, signal }: NormalizeOptions): Promise<Survey> {
  const observed = feeds ? await observe(model, backend, feeds, signal) : { shapes: new Map(), refusals: [] };
  return { units: unitOfNode(findUnits(model.graph)), observedShapes: observed.shapes, refusals: observed.refusals };
}

/** A folded shape makes more of the graph constant, and a constant more of the shapes known: a few rounds reach the end of it. */
const maximumRounds = 8;

async function settleConstants(model: Model, backend: Backend, signal: AbortSignal | undefined) {
  const applied = { "fold-shapes": 0, "fold-constants": 0 };
  for (let round = 1; ; round++) {
    throwIfAborted(signal);
    await inferTypes(model, backend);
    const shapes = foldShapes(model.graph);
    const { folded, refusals } = await foldConstants(model, backend, signal);
    applied["fold-shapes"] += shapes;
    applied["fold-constants"] += folded;
    pruneDead(model.graph);
    if (shapes + folded === 0 || round === maximumRounds) return { applied, refusals };
  }
}

async function observe(model: Model, backend: Backend, feeds: Tensors, signal: AbortSignal | undefined) {
  try {
    return { shapes: await recordShapes(model, backend, feeds, signal), refusals: [] };
  } catch (cause) {
    // Feeds that do not fit are the calibrator's to report, with the name of the sample.
    if (!QuantError.is(cause, "backend-failed")) throw cause;
    return { shapes: new Map<string, readonly number[]>(), refusals: [{ rule: "record-shapes", node: "", reason: cause.message }] };
  }
}

function unitOfNode(units: readonly Unit[]): ReadonlyMap<string, string> {
  return new Map(units.flatMap((unit) => unit.nodes.map((node) => [node, unit.kind] as const)));
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new QuantError("aborted", "Normalization was aborted.", { cause: signal.reason });
}
