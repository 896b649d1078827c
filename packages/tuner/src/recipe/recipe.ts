/**
 * From a candidate to what the pipeline is told. Two readings differ from Quantune's compiler (arXiv 2202.05048): of the schemes only the power of
 * two reaches weights, because integer kernels want their zero points at 0; and KL clipping may not clip harder than squared error would.
 */
import { type Candidate, type Json, type Override, type QuantConfigInput, QuantError, type Scheme, type Target, type TensorConfig } from "@halftone/core";
import { parseBits } from "./bits.ts";

/** What a candidate asks the pipeline to do. JSON. */
export interface Recipe {
  /** A name: what it stands for is the executor's affair. */
  readonly method: string;
  readonly methodOptions: Readonly<Record<string, Json>>;
  readonly config: QuantConfigInput;
  /** Calibration samples. */
  readonly images: number;
}

export interface RecipeOptions {
  readonly target: Pick<Target, "defaults">;
  /** Names of the nodes that `precision: mixed` leaves in float. */
  readonly ends: readonly string[];
  /** Names of layers, the most sensitive first: of them `sensitive: k` leaves k in float. Needed for candidates that ask for some. */
  readonly ranking?: readonly string[];
  /** For candidates without a dimension `images`. Default 128. */
  readonly images?: number;
}

const calibrations = { max: "max", kl: "entropy", percentile: "percentile", mse: "mse" } as const;

/** @throws `invalid-config` naming the dimension whose value means nothing here. */
export function recipeOf(candidate: Candidate, { target, ends, ranking, images = 128 }: RecipeOptions): Recipe {
  const method = text(candidate, "method", ["*"]) ?? "min-max";
  const scheme = text<Scheme>(candidate, "scheme", ["asymmetric", "symmetric", "symmetric-uint8", "power-of-two"]);
  const granularity = text(candidate, "granularity", ["tensor", "channel"]);
  const clipping = text(candidate, "clipping", Object.keys(calibrations)) as keyof typeof calibrations | undefined;
  const isMixed = text(candidate, "precision", ["int8", "mixed"]) === "mixed";
  const bits = text(candidate, "bits", ["*"]);
  const widths = bits === undefined ? undefined : parseBits(bits, target.defaults);
  return {
    method,
    methodOptions: { ...optionsOf(candidate, method), ...(clipping && { calibration: calibrations[clipping] }) },
    config: {
      activations: { ...widths?.activations, ...(scheme && { scheme }) },
      weights: { ...widths?.weights, ...weightScheme(scheme), ...(granularity && { granularity: granularity as TensorConfig["granularity"] }) },
      overrides: [...new Set([...(isMixed ? ends : []), ...mostSensitive(candidate, ranking)])].map(leaveInFloat),
    },
    images: count(candidate, "images") ?? images,
  };
}

/** Whether a candidate means something only with a ranking of the layers. */
export function needsRanking({ sensitive = 0 }: Candidate): boolean {
  return sensitive !== 0;
}

/** The dimensions `METHOD.OPTION` of the method that was chosen. */
function optionsOf(candidate: Candidate, method: string): Recipe["methodOptions"] {
  const prefix = `${method}.`;
  const options = Object.entries(candidate).filter(([name]) => name.includes("."));
  const stranger = options.find(([name]) => !name.startsWith(prefix));
  if (stranger) throw unknown(stranger[0], `it is no option of ${method}, the method that was chosen; let the dimension exist only when its own is`);
  if (candidate["clipping"] !== undefined && Object.hasOwn(candidate, `${prefix}calibration`)) throw unknown(`${prefix}calibration`, "clipping says it too");
  return Object.fromEntries(options.map(([name, value]) => [name.slice(prefix.length), value]));
}

function mostSensitive(candidate: Candidate, ranking: readonly string[] | undefined): readonly string[] {
  if (!needsRanking(candidate)) return [];
  const { sensitive } = candidate;
  if (typeof sensitive !== "number" || !Number.isInteger(sensitive) || sensitive < 0)
    throw unknown("sensitive", `${JSON.stringify(sensitive)} is no whole number from 0`);
  if (ranking === undefined) throw unknown("sensitive", "the layers have no ranking here");
  return ranking.slice(0, sensitive);
}

function weightScheme(scheme: Scheme | undefined): Partial<TensorConfig> {
  return scheme === undefined ? {} : { scheme: scheme === "power-of-two" ? "power-of-two" : "symmetric" };
}

function leaveInFloat(node: string): Override {
  return { match: node.replace(/[/\\^$*+?.()|[\]{}]/g, "\\$&"), float: true };
}

function text<Value extends string>(candidate: Candidate, name: string, known: readonly string[]): Value | undefined {
  const value = candidate[name];
  if (value === undefined) return undefined;
  if (typeof value === "string" && (known[0] === "*" || known.includes(value))) return value as Value;
  throw unknown(name, `${JSON.stringify(value)} is not one of ${known.join(", ")}`);
}

function count(candidate: Candidate, name: string): number | undefined {
  const value = candidate[name];
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw unknown(name, `${JSON.stringify(value)} is not a whole number from 1`);
}

function unknown(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Dimension "${field}" of the candidate: ${problem}.`, { details: { field } });
}
