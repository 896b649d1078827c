import type { NodeDecision } from "./placement.ts";
import type { IntegerDtype } from "./tensor.ts";

/**
 * Affine quantization: real = (code - zeroPoint) * scale (ONNX QuantizeLinear / DequantizeLinear, opset 21).
 *
 * Per tensor: one scale, no `axis`. Per channel: one scale per slice along `axis`. Blocked: `axis` and `block`; scales
 * are row-major in the tensor's shape with `axis` divided by `block`, rounded up.
 */
export interface AffineEncoding {
  readonly kind: "affine";
  readonly dtype: IntegerDtype;
  /** Width of the grid when narrower than `dtype`; codes stay inside the k-bit range of that signedness. */
  readonly bits?: number;
  /** float32 values, all positive and finite. */
  readonly scale: readonly number[];
  /** As long as `scale`; each a legal code. */
  readonly zeroPoint: readonly number[];
  readonly axis?: number;
  readonly block?: number;
}

/**
 * Two affine grids for one tensor: values below the threshold lie on `low`, all others on `high` (PTQ4ViT, arXiv 2111.12293,
 * 3.2, with disjoint ranges). A product reads the branches one after the other and adds the results: both are integer.
 */
export interface TwinEncoding {
  readonly kind: "twin";
  readonly threshold: number;
  /** Per tensor, with code range and zero point such that 0 is exact. */
  readonly low: AffineEncoding;
  readonly high: AffineEncoding;
}

/**
 * Logarithmic quantization of values >= 0: real = scale * base^-code, code in [0, 2^bits - 1], smaller values are 0 (FQ-ViT,
 * arXiv 2111.13824; RepQ-ViT, arXiv 2212.08254). No runtime has a kernel for it: emulated.
 */
export interface LogEncoding {
  readonly kind: "log";
  readonly base: "2" | "sqrt2";
  readonly bits: number;
  /** What code 0 stands for. float32, positive. */
  readonly scale: number;
  /**
   * `nearest` rounds the exponent half to even; `leading-bit` is integer hardware's log2: the position of the leading one, plus
   * one where the rest is at least half of it, a threshold of 1.5 (FQ-ViT's Log-Int-Softmax). Only with base 2.
   */
  readonly rounding: "nearest" | "leading-bit";
}

/** Every way a tensor can be put on a grid. */
export type Encoding = AffineEncoding | TwinEncoding | LogEncoding;

/**
 * x' = x / scale - shift, per channel along `axis`, undone exactly by the weights and biases of all who read x': W' = W * scale along
 * the input channels, bias' = bias + W' * shift (RepQ-ViT, arXiv 2212.08254, 3.3). What makes channels alike may be the affine part
 * of a normalization in front, or a Mul and an Add of its own.
 */
export interface Rescaling {
  readonly axis: number;
  /** One positive float32 per channel. */
  readonly scale: readonly number[];
  /** One float32 per channel, in units of x'. Left out: 0. Needs readers that do not pad. */
  readonly shift?: readonly number[];
}

/** How products read a tensor, where that differs from how it is stored. */
export interface OperandPlan {
  /** Of the tensor, or of the rescaled tensor where there is a rescaling. */
  readonly encoding: Encoding;
  readonly rescaling?: Rescaling;
}

/** What will be done to a model: pure, versioned JSON. It can be diffed, stored, reviewed, edited and applied again. */
export interface QuantPlan {
  readonly version: 1;
  /** SHA-256 (hex) of the model bytes the plan was made for. */
  readonly model: string;
  readonly method: string;
  readonly target: string;
  /** By tensor name (activation or initializer) of the normalized graph; what is not listed stays float. */
  readonly encodings: Readonly<Record<string, AffineEncoding>>;
  /** By tensor name: what Conv, MatMul and Gemm read instead, where their grid is another one than `encodings` says. */
  readonly operands?: Readonly<Record<string, OperandPlan>>;
  /**
   * By initializer name: the weight's codes where they are not the nearest ones, base64 of one int8 or uint8 per element, row-major.
   * They belong to the weight after the rescalings of its inputs.
   */
  readonly codes?: Readonly<Record<string, string>>;
  /**
   * Hidden units that are computed apart, ascending, by the node of the layer in front. Before anything else is applied, the normalized graph gets
   * layers for them; names that end in `_outliers` are theirs.
   */
  readonly outliers?: Readonly<Record<string, readonly number[]>>;
  /** By node name of the normalized graph: every node. */
  readonly nodes: Readonly<Record<string, NodeDecision>>;
  /** Tensors a method gave up on, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
  /** What a reader of the plan should know of how it was found, such as an estimate that stood in for another. */
  readonly notes?: readonly string[];
}
