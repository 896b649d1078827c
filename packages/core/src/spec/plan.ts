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

export type Encoding = AffineEncoding;

/** What will be done to a model: pure, versioned JSON. It can be diffed, stored, reviewed, edited and applied again. */
export interface QuantPlan {
  readonly version: 1;
  /** SHA-256 (hex) of the model bytes the plan was made for. */
  readonly model: string;
  readonly method: string;
  readonly target: string;
  /** By tensor name (activation or initializer) of the normalized graph; what is not listed stays float. */
  readonly encodings: Readonly<Record<string, Encoding>>;
  /** By node name of the normalized graph: every node. */
  readonly nodes: Readonly<Record<string, NodeDecision>>;
  /** Tensors a method gave up on, with the reason. */
  readonly skipped: Readonly<Record<string, string>>;
}
