import type { Attribute, Node, Value } from "../../ir/index.ts";

/**
 * The vector-Jacobian product of an operator: from the gradients of its outputs, in their order and undefined where the
 * loss does not depend on one, those of its inputs. Undefined for an input: the loss does not depend on it, or it is
 * not active. At least one output has a gradient, and each has the shape of its tensor.
 *
 * @throws `unsupported-op` through `refuse`, where the node has a form that the rule does not know.
 */
export type GradientRule = (node: Node, gradients: readonly (Value | undefined)[], builder: GradientBuilder) => readonly (Value | undefined)[];

/** Emits the nodes of one rule for one node. Sizes that are not known before the run are read from the forward values. */
export interface GradientBuilder {
  /** Adds a node and answers with its first output. */
  op(op: string, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>): Value;
  /** Adds a node with that many outputs. */
  ops(op: string, count: number, inputs: readonly (Value | undefined)[], attributes?: Readonly<Record<string, Attribute>>): readonly Value[];
  /** A float32 scalar. */
  scalar(value: number): Value;
  /** A float32 constant. */
  floats(values: readonly number[], shape: readonly number[]): Value;
  /** A one-dimensional int64 constant, as shapes, axes and pads are. */
  integers(values: readonly number[]): Value;
  /** Whether the gradient of this value is asked for: it depends on a tensor the gradient is taken with respect to. */
  isActive(value: Value | undefined): boolean;
  /** @throws `unsupported-op` where the rank is not known. */
  rankOf(value: Value): number;
  /** A one-dimensional int64 value. */
  shapeOf(value: Value): Value;
  /** One element of the shape, int64 [1]; the axis is not negative. */
  sizeOf(value: Value, axis: number): Value;
  /** The gradient of a value that holds the same elements in another shape. */
  reshapeLike(gradient: Value, value: Value): Value;
  /**
   * The gradient of input `index` of an operator that broadcasts: `gradient`, which has the shape of the output, summed
   * over what was broadcast. The last `exempt` axes never broadcast, as those of a matrix product.
   */
  sumLike(gradient: Value, node: Node, index: number, exempt?: number): Value;
  /** @throws `unsupported-op` where one of the values is active: the rule has no gradient for it. */
  requireInactive(values: readonly (Value | undefined)[]): void;
  /** @throws `unsupported-op` naming the node and its operator, with the reason. */
  refuse(reason: string): never;
}
