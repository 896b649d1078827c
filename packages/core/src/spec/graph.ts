import type { Dtype, Tensor } from "./tensor.ts";

/** A dimension: a number, or the name of a symbol that is only known at run time (empty: unknown). */
export type Dimension = number | string;

/** An attribute as a plugin sees it. Integers beyond 2^53 are clamped to the safe range. */
export type AttributeView = number | string | readonly number[] | readonly string[] | Tensor | GraphView;

/** The graph as methods and targets see it: read-only, no wire format. */
export interface GraphView {
  readonly name: string;
  readonly inputs: readonly ValueView[];
  readonly outputs: readonly ValueView[];
  /** Topological order, this graph only; subgraphs are reached through the attributes of the node that holds them. */
  readonly nodes: Iterable<NodeView>;
  /** The value of that name in this graph, or undefined. */
  value(name: string): ValueView | undefined;
  /** The node of that name in this graph, or undefined. */
  node(name: string): NodeView | undefined;
}

export interface NodeView {
  /** Unique within the model and never empty. */
  readonly name: string;
  /** The operator, such as `Conv`. */
  readonly op: string;
  /** Empty for the standard ONNX operator set. */
  readonly domain: string;
  /** An omitted optional input is undefined. */
  readonly inputs: readonly (ValueView | undefined)[];
  /** An omitted optional output is undefined. */
  readonly outputs: readonly (ValueView | undefined)[];
  attribute(name: string): AttributeView | undefined;
}

export interface ValueView {
  /** Unique within its graph and never empty. */
  readonly name: string;
  readonly dtype: Dtype | undefined;
  /** Undefined when not even the rank is known. */
  readonly shape: readonly Dimension[] | undefined;
  /** Set when the value is an initializer. Weights are decoded on first use and are views into the model's bytes where alignment allows. */
  readonly constant: Tensor | undefined;
  readonly producer: NodeView | undefined;
  /** Every use, including those by nodes of subgraphs. */
  readonly consumers: readonly { readonly node: NodeView; readonly input: number }[];
  /** True when the value is an output of its graph. */
  readonly isOutput: boolean;
}
