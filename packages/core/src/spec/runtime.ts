import type { AffineEncoding, Encoding, OperandPlan } from "./plan.ts";
import type { Tensor } from "./tensor.ts";

/**
 * An integer product of the network. Whatever the operator, it is seen as a batched matrix product of `left` [B, R, D] and `right` [B, D, M]: a
 * linear layer has B = 1; a convolution has one batch entry per group, D = channels per group x kernel, and the patches as rows; the
 * products of attention have one batch entry per sample and head.
 */
export interface Layer {
  /** Name of the node. */
  readonly node: string;
  readonly kind: "linear" | "convolution" | "product";
  /** The activations it reads: one, or left and right for a product of two. */
  readonly operands: readonly string[];
  /** Name of the weight initializer; undefined for a product of two activations. */
  readonly weight?: string;
  /** The tensor the node computes, before any activation. */
  readonly output: string;
  /** Groups of a convolution; 1 elsewhere. */
  readonly groups: number;
  /** Whether it reads zeros around its input: an operand of it cannot be shifted. */
  readonly padded: boolean;
}

/** What a layer saw and computed on the calibration data, at positions spread over all samples. float32. */
export interface LayerSample {
  readonly layer: Layer;
  /** [B, R, D]. The rows of one sample are next to each other, equally many of each. */
  readonly left: Tensor;
  /** [B, D, M]: the weight in the layout of the product, or the second activation. */
  readonly right: Tensor;
  /** [B, R, M]: the product of the float network, without bias; with `shortcuts` and what the tensor lacks that it is added to. */
  readonly reference: Tensor;
  /** [M * B] in the order of the weight's output channels; undefined where there is none. */
  readonly bias?: Tensor;
  /** [B, R, M], or [B, R, 1]: squared gradient of the loss with respect to the output; where it was asked for. */
  readonly importance?: Tensor;
  /** How many samples of the data the rows come from. */
  readonly samples: number;
}

export interface SampleOptions {
  /** Rows per layer (R), at most; fewer where they would take more than 64 MB. Default 1024. */
  readonly positions?: number;
  /**
   * Encodings that upstream nodes already have: the layer then sees what they compute, while the reference stays that of the float network. Default: none, every
   * layer sees the float network.
   */
  readonly upstream?: PartialPlan;
  readonly importance?: ImportanceOptions;
  /**
   * Where a layer's product is added to a tensor of the same shape and nothing else reads it: the reference is what the sum lacks, with that tensor as upstream
   * encodings leave it. Default false: what the product lacks.
   */
  readonly shortcuts?: boolean;
}

/**
 * Asks for `importance`, and for rows that matter to come more often: half of them are picked by their share of it. All samples count alike, however sure the
 * network is of them.
 */
export interface ImportanceOptions {
  /** The state of the network: KL divergence from the float network's answer has no gradient where nothing is quantized. */
  readonly quantized: PartialPlan;
  /**
   * `row`: one number for all outputs of a position, of layers with a weight. Found once for the whole network, and cheap to ask for again.
   * Default `element`.
   */
  readonly per?: "element" | "row";
}

/** Encodings of some tensors. */
export interface PartialPlan {
  readonly encodings?: Readonly<Record<string, AffineEncoding>>;
  readonly operands?: Readonly<Record<string, OperandPlan>>;
  /** Weight codes, as in a plan. */
  readonly codes?: Readonly<Record<string, string>>;
}

export type ProbeMetric = "squared-error" | "cosine";

/** Encodings to try on one layer; a side that is left out stays float. */
export interface ProbeCandidate {
  readonly left?: OperandPlan;
  /** Of the weight after the rescaling of `left`, or of the second activation. */
  readonly right?: Encoding;
}

export interface ProbeError {
  /** Of the whole layer: the sum of squared errors, weighted by importance where there is one; or 1 - cosine, averaged over the samples. */
  readonly layer: number;
  /** The same per output channel, in the order of the weight's output channels. For a product of activations: per column. */
  readonly channels: Float64Array;
}

/** Of a layer with a weight. */
export interface MomentsRequest {
  /** Left out, the operand stays float. */
  readonly left?: OperandPlan;
  /** float32 [B, D, M]: the weight as it is so far, after the rescaling of `left`. Default: the float one. */
  readonly right?: Tensor;
  /** Of the reduction axis. Default: all. */
  readonly elements?: { readonly from: number; readonly to: number };
  /** What rows of a sample with importance count by: it, or its square root, which gives more of them a say. Default `importance`. */
  readonly counting?: "importance" | "root";
}

export interface Moments {
  /** float32 [B, n, n]: left^T left, the second moments of the n elements. With them the squared error of a weight is a quadratic form. */
  readonly second: Tensor;
  /** float32 [B, n, M]: left^T (reference - left right), what the elements have in common with what is missing. */
  readonly missing: Tensor;
}

/** One layer, compiled once: its encodings are inputs, its output is the error they cause. */
export interface Probe {
  error(candidate: ProbeCandidate): Promise<ProbeError>;
  /** What rounding needs that makes up for errors (see `compensatedRounding`). */
  moments(request?: MomentsRequest): Promise<Moments>;
  dispose(): Promise<void>;
}

/** Runs parts of the network for a method: the search happens inside the runtime, never in JavaScript. */
export interface SearchRuntime {
  /** The integer products of the placement, in topological order. */
  readonly layers: readonly Layer[];
  /** Cuts layers into runs whose samples fit into the memory budget together. */
  chunks(layers: readonly Layer[], options?: SampleOptions): readonly (readonly Layer[])[];
  /**
   * In the order of `layers`.
   *
   * @throws `unsupported-op` when importance is asked for and an operator on the way has no gradient rule.
   */
  sample(layers: readonly Layer[], options?: SampleOptions): Promise<readonly LayerSample[]>;
  probe(sample: LayerSample, metric?: ProbeMetric): Promise<Probe>;
}
