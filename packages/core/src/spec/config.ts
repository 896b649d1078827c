import type { IntegerDtype } from "./tensor.ts";

/**
 * How zero and the sign are treated.
 *
 * - `asymmetric`: the range is [min, max] extended to hold 0; the zero point takes any legal value.
 * - `symmetric`: the range is [-a, a]; the zero point is 0 for signed types, the middle for unsigned ones.
 * - `symmetric-uint8`: as `symmetric`, but a tensor without negative values uses [0, max] with all codes
 *   (Glow's "symmetric with uint8").
 * - `power-of-two`: as `symmetric`, the scale rounded up to a power of two.
 */
export type Scheme = "asymmetric" | "symmetric" | "symmetric-uint8" | "power-of-two";

export type Granularity = "tensor" | "channel" | "block";

/** How one tensor is to be quantized, before its numbers are known. */
export interface TensorConfig {
  /** Storage type. */
  readonly dtype: IntegerDtype;
  /** Width of the grid, 2 to the width of `dtype`; a 6-bit grid lives in an 8-bit container. */
  readonly bits: number;
  readonly scheme: Scheme;
  readonly granularity: Granularity;
  /** Elements per block along the reduction axis; only with granularity `block`. */
  readonly blockSize?: number;
}

/** A rule of the user. Later rules win. */
export interface Override {
  /** Regular expression (source text) matched against whole node names and tensor names. */
  readonly match: string;
  /** Leave matching nodes in float. */
  readonly float?: boolean;
  readonly activations?: Partial<TensorConfig>;
  readonly weights?: Partial<TensorConfig>;
}

/**
 * How much of the network is put on a grid.
 *
 * - `partial`: what products read, with the asked bits, and what integer kernels between them need, with the width of the container. The model's
 *   inputs keep the container's width too: an image has 8 bits. Normalization, Softmax, activations and residuals stay as they are.
 * - `full`: everything, with the asked bits: inputs and outputs of normalization, Softmax, activations and additions as well. What has no integer
 *   kernel is emulated.
 */
export type Scope = "partial" | "full";

/**
 * Hidden units of an MLP that reach at least eight times as far as every other one of their layer.
 *
 * - `apart`: two narrow layers of their own compute them, with grids of their own. In real numbers the network is the same.
 * - `together`: they stay among the others, and set the grid for all.
 */
export type OutlierHandling = "apart" | "together";

/** What the user asks for, complete: every field has a value. */
export interface QuantConfig {
  readonly scope: Scope;
  readonly outliers: OutlierHandling;
  readonly activations: TensorConfig;
  readonly weights: TensorConfig;
  readonly overrides: readonly Override[];
}

/** What the user writes: anything left out comes from the target's defaults. */
export interface QuantConfigInput {
  /** Default `partial`. */
  readonly scope?: Scope;
  /** Default `apart`. */
  readonly outliers?: OutlierHandling;
  readonly activations?: Partial<TensorConfig>;
  readonly weights?: Partial<TensorConfig>;
  readonly overrides?: readonly Override[];
}
