import type { Backend } from "./backend.ts";
import type { CalibrationSource } from "./calibration.ts";
import type { QuantConfigInput } from "./config.ts";
import type { QuantEvent } from "./event.ts";
import type { Json } from "./json.ts";
import type { QuantMethod } from "./method.ts";
import type { ModelFiles } from "./model.ts";
import type { QuantPlan } from "./plan.ts";
import type { QuantReport } from "./report.ts";
import type { Target } from "./target.ts";
import type { Tensors } from "./tensor.ts";

export interface RunOptions {
  /** Default 0. Equal seeds, inputs and runtime give equal plans. */
  readonly seed?: number;
  /** Every long call stops at the next run of the model and rejects with `aborted`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: QuantEvent) => void;
}

/** A figure of merit of the caller: fed sample by sample, a larger result is better. */
export interface Metric {
  readonly name: string;
  create(): MetricAccumulator;
}

export interface MetricAccumulator {
  /** `index` counts the samples of the verification source from 0. */
  update(outputs: Tensors, index: number): void;
  /** In the metric's own unit; shares are in [0, 1]. */
  result(): number;
}

/**
 * Keeps what several runs on one model have in common: the normalized model, and the statistics of each source. Shapes are those of the first sample of
 * the first source. Runs may overlap.
 */
export interface RunMemory {
  /** What `make` answered when it was first called under this key; a rejection is not kept. */
  remember<Value>(key: string, make: () => Promise<Value>): Promise<Value>;
}

export interface QuantizeOptions extends RunOptions {
  readonly model: ModelFiles;
  readonly source: CalibrationSource;
  /**
   * How encodings are found. Several methods share one pass over the data; the one whose plan keeps the model's outputs
   * closest on the calibration data wins.
   */
  readonly method: QuantMethod | readonly QuantMethod[];
  readonly backend: Backend;
  readonly target: Target;
  readonly config?: QuantConfigInput;
  readonly search?: SearchOptions;
  /** Hand the same one to several runs on a model, and the work they share is done once. Default: nothing is kept. */
  readonly memory?: RunMemory;
  /** Later runs on this source: with `memory`, a pass over the data collects what they will ask for too, where it has to be made anyway. */
  readonly foresee?: readonly { readonly method: QuantMethod; readonly config?: QuantConfigInput }[];
  /** Bridge blocks as the user knows them, each a list of node names, instead of those found. */
  readonly bridges?: readonly (readonly string[])[];
  /** Data for the verification. Default: the calibration source. */
  readonly verification?: CalibrationSource;
  /** How many samples of the verification source to compare. Default: all of it. */
  readonly verificationSamples?: number;
  readonly metrics?: readonly Metric[];
  /** Leave nodes in float whose isolated effect on the first output is worse than this SQNR (dB). Default: none. */
  readonly autoExclude?: { readonly sqnrDb: number /** Samples to measure with. Default 4. */; readonly samples?: number };
  /** Largest allowed loss of the first metric, in its unit; the report warns and the CLI fails beyond it. */
  readonly tolerance?: number;
}

/** How methods that search may use the machine. */
export interface SearchOptions {
  /** Samples of layers held at once, in MB. Default 1024. */
  readonly maxMemoryMB?: number;
  /** How many samples of the source a search looks at. Default 32. */
  readonly samples?: number;
  /** Where finished steps are kept, so that an interrupted search goes on. Default: nowhere. */
  readonly checkpoint?: Checkpoint;
}

/** Keeps what a search has found. Values are JSON; keys are unique for model, data, configuration and method. */
export interface Checkpoint {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
}

export interface QuantResult {
  readonly model: ModelFiles;
  readonly plan: QuantPlan;
  readonly report: QuantReport;
}

/** The pipeline. */
export interface Quantizer {
  /** Everything: read, normalize, calibrate, plan, rewrite, verify. */
  quantize(options: QuantizeOptions): Promise<QuantResult>;
  /** Stops after the plan. */
  plan(options: QuantizeOptions): Promise<QuantPlan>;
  /** Applies a plan made before. @throws `plan-mismatch` when it was made for other model bytes. */
  apply(model: ModelFiles, plan: QuantPlan, options: { readonly target: Target; readonly backend: Backend } & RunOptions): Promise<ModelFiles>;
}
