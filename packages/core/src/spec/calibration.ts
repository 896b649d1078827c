import type { Backend } from "./backend.ts";
import type { ModelFiles } from "./model.ts";
import type { RunOptions } from "./quantizer.ts";
import type { Tensor, Tensors } from "./tensor.ts";

/** Sample inputs. Every iteration restarts from the first sample: search methods pass over the data more than once. */
export interface CalibrationSource extends AsyncIterable<Tensors> {
  /** Identifies the data, so that statistics can be cached. */
  readonly id: string;
  /** How many feeds one iteration yields, when known: lets progress tell the time left. */
  readonly batches?: number;
}

/**
 * What an observer is fed. A reduction runs inside the runtime, next to the tensor, so that whole activations need
 * not cross into JavaScript.
 *
 * - `values`: the tensor as it is.
 * - `extremes`: a float32 tensor `[2]`, minimum and maximum; with `axis` `[2, C]`, one pair per slice along that axis.
 * - `samples`: a float32 tensor `[n]`, at most `count` elements, spread over the tensor; fewer of each where there are many
 *   samples of the data.
 */
export type Reduction =
  | { readonly kind: "values" }
  | { readonly kind: "extremes"; readonly axis?: number }
  | { readonly kind: "samples"; readonly count: number };

/** Accumulates one statistic over any number of tensors of any shape, in bounded memory. */
export interface Observer<Stat> {
  update(value: Tensor): void;
  /** May be called at any time, also before the first update. */
  result(): Stat;
  /** Optional: whether no value within the bounds could change the result any more. The calibrator may then stop reducing the tensor. */
  isSettled?(bounds: { readonly min: number; readonly max: number }): boolean;
}

/** A statistic that a method asks for. Observations with equal keys are collected once and shared. */
export interface Observation<Stat> {
  /** Unique for tensor, statistic and parameters, for example `extremes:conv1_out:axis=1`. */
  readonly key: string;
  /** A value of the graph. */
  readonly tensor: string;
  readonly reduction: Reduction;
  createObserver(): Observer<Stat>;
}

export interface Statistics {
  /** @throws `internal` when the observation was not declared before the data was run. */
  get<Stat>(observation: Observation<Stat>): Stat;
}

/** Runs the data once, whatever number of observations there are. */
export interface Calibrator {
  /**
   * `model` is the normalized model; observations name its values.
   *
   * @throws `empty-calibration` when the source yields nothing, `invalid-data` when a feed does not fit the model's
   * inputs or holds NaN or infinity, `backend-failed`, `aborted`.
   */
  collect(
    model: ModelFiles,
    source: CalibrationSource,
    observations: readonly Observation<unknown>[],
    backend: Backend,
    options?: RunOptions,
  ): Promise<Statistics>;
}
