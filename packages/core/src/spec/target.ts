import type { TensorConfig } from "./config.ts";
import type { NodeView } from "./graph.ts";
import type { Verdict } from "./json.ts";
import type { Encoding } from "./plan.ts";
import type { IntegerDtype } from "./tensor.ts";

/** What a runtime does with one operator when Q/DQ surrounds it. */
export interface OperatorSupport {
  /**
   * - `weighted`: multiplies by a weight (Conv, Gemm, MatMul).
   * - `elementwise`: computes on activations only (Add, Mul, Softmax, AveragePool ...).
   * - `pass-through`: moves integers; input and output share one encoding.
   */
  readonly role: "weighted" | "elementwise" | "pass-through";
  /** Activation types with an integer kernel. Empty where only weights are stored in integers, and computed with in float. */
  readonly activations: readonly IntegerDtype[];
  /** Weight types with an integer kernel; empty for other roles. */
  readonly weights: readonly IntegerDtype[];
  readonly perChannelWeights: boolean;
  /** True when an activation times activation product is integer too (MatMul of attention). */
  readonly bothActivations?: boolean;
  /** True when the integer kernel can answer in float, so that its output needs no encoding (MatMulIntegerToFloat). */
  readonly floatOutput?: boolean;
  /** Holds only for nodes whose attributes have these values or are left out: Resize is a pass-through in mode `nearest`. */
  readonly where?: Readonly<Record<string, string | number>>;
  /** Widest weight grid that is exact, for types where it is narrower than the type: kernels that add in 16 bits overflow. */
  readonly weightBits?: Readonly<Partial<Record<IntegerDtype, number>>>;
  /** Where it is from, for a row that is not from a probe: document and section. */
  readonly source?: string;
}

/**
 * What a runtime on a kind of machine executes: a table, from a probe of the real runtime, or row by row from its
 * documentation where no probe can run. Methods ask before they decide; the rewrite checks again.
 */
export interface Target {
  readonly name: string;
  /** Runtime and version the table holds for, such as `onnxruntime-node 1.30.0`. */
  readonly runtime: string;
  readonly operators: Readonly<Record<string, OperatorSupport>>;
  /** Weights per channel means: of operators that take one scale per channel; the others' are per tensor. */
  readonly defaults: { readonly activations: TensorConfig; readonly weights: TensorConfig };
  /** Why these defaults, in one sentence for the report. */
  readonly note: string;
  supports(node: NodeView, tensor: string, encoding: Encoding): Verdict;
}
