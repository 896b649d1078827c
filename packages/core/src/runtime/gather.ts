import type { Layer, NodeView, Tensor } from "../spec/index.ts";

/** What one run said of a layer. */
export interface Seen {
  /** Samples of the source before this feed, and in it. */
  readonly before: number;
  readonly samples: number;
  /** The layer's operands in the float network, and in the one with upstream encodings. */
  readonly float: readonly Tensor[];
  readonly upstream: readonly Tensor[];
  /** What the layer's product is added to, in both. */
  readonly shortcut?: { readonly float: Tensor; readonly upstream: Tensor };
  /** Gradient of the loss with respect to the layer's output. */
  readonly gradient?: Tensor;
  /** Or what it says of every position of the feed, see `rowImportance`. */
  readonly rows?: Float64Array;
}

/** What all runs together said. */
export interface Gathered {
  readonly left: Tensor;
  /** The weight, or the second operand. */
  readonly right: Tensor;
  /** The same in the float network. */
  readonly floatLeft: Tensor;
  readonly floatRight: Tensor;
  /** [B, R, M]: what the shortcut around the layer lacks. */
  readonly lacking?: Tensor;
  /** [B, R, M] or [B, R, 1] */
  readonly importance?: Tensor;
  readonly samples: number;
}

/** Collects the rows of one layer, feed by feed. */
export interface Gatherer {
  add(seen: Seen): void;
  finish(): Gathered;
}

export interface GatherOptions {
  readonly layer: Layer;
  readonly node: NodeView;
  /** Rows at most. */
  readonly positions: number;
  /** Samples that will come. */
  readonly samples: number;
  readonly seed: number;
  /** Whether upstream operands differ from float ones. */
  readonly hasUpstream: boolean;
}

export function floats(shape: readonly number[], data?: Float32Array): Tensor & { readonly data: Float32Array } {
  return { dtype: "float32", shape, data: data ?? new Float32Array(shape.reduce((count, size) => count * size, 1)) };
}
