import type { Dimension } from "./graph.ts";
import type { ModelFiles } from "./model.ts";
import type { Dtype, Tensors } from "./tensor.ts";

export interface SessionOptions {
  /** How far the runtime may rewrite the graph. Default `all`, which is what a deployment gets. */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /**
   * Whether the runtime may turn Q/DQ patterns into integer kernels. Default true. Simulations set false: the runtime
   * otherwise requantizes float weights per tensor behind a DequantizeLinear on its own (architecture D12).
   */
  readonly fuseQuantized?: boolean;
  /** Threads inside one run. Default: the runtime's choice. */
  readonly threads?: number;
  /**
   * Whether idle threads spin. Default: the runtime's choice. False where two sessions take turns, as in a comparison:
   * the spinning threads of one would slow the other.
   */
  readonly spinning?: boolean;
}

/** The only contract that touches a runtime. */
export interface Backend {
  readonly name: string;
  /**
   * @throws `backend-unavailable` when the runtime cannot load here, `backend-failed` when it refuses the model.
   */
  open(model: ModelFiles, options?: SessionOptions): Promise<Session>;
  /**
   * Optional: the model as the runtime would execute it after its own optimizer, as an ONNX model. The fusion check
   * needs it; without it the check is skipped and the report says so.
   */
  optimize?(model: ModelFiles, options?: SessionOptions): Promise<ModelFiles>;
}

/** What is known of a tensor before any run. */
export interface TensorType {
  readonly dtype: Dtype;
  /** A dimension that is not known is a symbol, or empty. Undefined where not even the rank is known. */
  readonly shape: readonly Dimension[] | undefined;
}

export interface Session {
  /** Names in the model's order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Optional: the type the runtime inferred for an input or output by itself; undefined for what is no tensor. Numbers
   * in the shape hold for every run. Without it normalization knows only the types that the model file declares.
   */
  describe?(name: string): TensorType | undefined;
  /**
   * Runs once. The caller owns the returned tensors; the session keeps no reference to them.
   *
   * @throws `backend-failed` when the runtime refuses the feeds, `aborted` when the signal fired.
   */
  run(feeds: Tensors, options?: { readonly fetch?: readonly string[]; readonly signal?: AbortSignal }): Promise<Tensors>;
  /** Frees the runtime's memory. Calling it twice is allowed. */
  dispose(): Promise<void>;
}
