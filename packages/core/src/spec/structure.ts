/** What a network is made of, recognised from the graph alone. Nodes and tensors are named as in the normalized graph. */
export interface Structure {
  /** Products with a weight, in topological order: Conv, ConvTranspose, Gemm, MatMul. */
  readonly weighted: readonly string[];
  /** Those of `weighted` that none of them comes before, and none behind: several where the network has several inputs or outputs. */
  readonly first: readonly string[];
  readonly last: readonly string[];
  /** Convolutions with several groups of one input channel. */
  readonly depthwise: readonly string[];
  /** Convolutions with several groups of several input channels. */
  readonly grouped: readonly string[];
  readonly attentions: readonly Attention[];
  /** Outputs of activations with a minimum below zero that a product reads, directly or behind nodes that only move data. */
  readonly activated: readonly ActivatedTensor[];
  /** Those whose rank is known. */
  readonly normalizations: readonly NormalizationSite[];
  /** Additions of two activations, one of which skipped a part of the network, at most a projection on its way. */
  readonly residuals: readonly string[];
  readonly bridges: readonly BridgeBlock[];
}

/**
 * - `product`: softmax(query x key) x value, both MatMul (Vaswani et al., arXiv 1706.03762).
 * - `separable`: softmax weights one score per token, a sum over tokens replaces the products (MobileViTv2, arXiv 2206.02680).
 */
export interface Attention {
  readonly kind: "product" | "separable";
  /** The Softmax node; the last of the nodes where it is written as several. */
  readonly softmax: string;
  /** The tensor behind the Softmax. */
  readonly scores: string;
  /** What the mix reads of the scores: the same tensor, or what a node between made of it; undefined for `separable`. */
  readonly mixed?: string;
  /** The MatMul in front of the Softmax and the one behind it; undefined for `separable`. */
  readonly logits?: string;
  readonly mix?: string;
  /** The weighted nodes that make query, key and value, in topological order: one, or up to three; none where they cannot be told. */
  readonly projections: readonly string[];
  /** Of the mix, where the shape tells. */
  readonly heads?: number;
}

export interface ActivatedTensor {
  readonly tensor: string;
  readonly activation: "gelu" | "quick-gelu" | "silu" | "hard-swish" | "mish";
  /** The least value of the activation, to float64 precision: -0.16997120747990366 for GELU. */
  readonly minimum: number;
  /** The weighted nodes that read it, directly or behind nodes that only move data. */
  readonly readers: readonly string[];
  /** What products read of it: the tensor itself, and tensors that hold the same numbers in another order. */
  readonly operands: readonly string[];
}

export interface NormalizationSite {
  /** The node that normalizes (LayerNormalization, InstanceNormalization ...), or the last node of a unit. */
  readonly node: string;
  readonly kind: "layer" | "group" | "instance" | "rms";
  readonly input: string;
  /** The tensor behind the affine part. */
  readonly output: string;
  /** Axis of the channels in input and output. */
  readonly channelAxis: number;
  /** The float32 initializers that hold one scale and one shift per channel, as the input of the node that reads them; another node may read them too. */
  readonly scale?: { readonly node: string; readonly input: number };
  readonly shift?: { readonly node: string; readonly input: number };
  /**
   * Products with a weight that sum over the channels of the output: MatMul, Gemm, and Conv of one position without padding.
   * They read it directly or behind nodes that move it and keep the channels one whole axis. Empty where anything else reads it too.
   */
  readonly linears: readonly string[];
}

/**
 * Where the representation turns from convolutional (local, NCHW) to tokens (global): the convolution that aligns the
 * channels, the reshaping, and the projections of the first attention behind it (Q-HyViT, arXiv 2303.12557, Table I). What
 * is between, such as a norm or an activation, belongs to it; the further layers of the same transformer do not.
 */
export interface BridgeBlock {
  /** Weighted nodes in execution order: the convolution first, the projections last. */
  readonly layers: readonly string[];
  /** Every node on a way from the first to the last, these included, in topological order. */
  readonly nodes: readonly string[];
}
