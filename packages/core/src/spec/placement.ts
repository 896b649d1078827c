import type { TensorConfig } from "./config.ts";

/**
 * What happens to a node.
 *
 * - `integer`: computes on integers: its inputs and output carry encodings.
 * - `pass-through`: moves integers without computing (Reshape, MaxPool, Concat ...): input and output share one encoding.
 * - `weights`: its weight is stored in integers and dequantized in front of it; it computes in float. Where a target has
 *   no integer kernels, or is faster without them, that makes the model small and costs no accuracy on activations.
 * - `absorbed`: disappears into its neighbour (a Relu whose clipping the output grid already does, the bias Add of a MatMul).
 * - `emulated`: its tensors are rounded to the grid that was asked for, but the target has no integer kernel for it: it
 *   computes in float and is no faster. `reason` says what is missing.
 * - `float`: stays as it is; `reason` says why.
 */
export type NodeDecision =
  | { readonly mode: "integer" | "weights" | "pass-through" | "absorbed" }
  | { readonly mode: "emulated" | "float"; readonly reason: string };

/** Activations that must share one encoding: one tensor, or several joined by pass-through nodes. */
export interface ActivationSite {
  /** The first tensor in topological order; names the site. */
  readonly key: string;
  readonly tensors: readonly string[];
  /** The tensors whose values cover the whole site: the others only move them. A method observes these. */
  readonly observed: readonly string[];
  readonly config: TensorConfig;
  /** The axis that holds channels, when it is known (1 for NCHW): for per-channel statistics. */
  readonly channelAxis?: number;
  /**
   * Bounds that no grid has to reach beyond: values never do ([0, 1] behind Softmax, [0, inf) behind Relu), or every reader
   * treats what lies beyond alike (below -3 before HardSwish).
   */
  readonly bounds?: { readonly min?: number; readonly max?: number };
}

/**
 * A tensor that products (Conv, MatMul, Gemm) read. Their grid may be narrower than the one the tensor is stored on: with 6-bit
 * activations a residual keeps its 8 bits, and what the next product reads of it has 6.
 */
export interface OperandSite {
  readonly tensor: string;
  /** The products that read it; all are integer. */
  readonly nodes: readonly string[];
  readonly config: TensorConfig;
  /** Whether `config` is that of the tensor's activation site: then a method may leave the operand out and products read the stored grid. */
  readonly sharesGrid: boolean;
  readonly channelAxis?: number;
  readonly bounds?: ActivationSite["bounds"];
}

/** A constant weight and how it is cut into channels. */
export interface WeightSite {
  /** Name of the initializer. */
  readonly tensor: string;
  /** Nodes that read it; all are integer, or all have their weights stored. */
  readonly nodes: readonly string[];
  /** Output-channel axis of the weight: 0 for Conv, 1 for MatMul [K, N], 0 for Gemm with transB = 1. */
  readonly channelAxis: number;
  /** Axis along which blocks are cut (the reduction axis). */
  readonly reductionAxis: number;
  readonly config: TensorConfig;
}

/** Where quantization applies: decided from graph, target and the user's rules, before any number is known. */
export interface Placement {
  /** A decision for every node of the main graph, by name. */
  readonly nodes: Readonly<Record<string, NodeDecision>>;
  readonly activations: readonly ActivationSite[];
  /** Every tensor that an integer product reads; each also belongs to one of `activations`. */
  readonly operands: readonly OperandSite[];
  readonly weights: readonly WeightSite[];
}
