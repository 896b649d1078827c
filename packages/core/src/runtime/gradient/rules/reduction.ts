import { int, type Node, type Value } from "../../../ir/index.ts";
import { integersOf } from "../../../normalize/constant-numbers.ts";
import { staticCount } from "../dimensions.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/** The axes that are reduced; undefined for all. */
function axesOf(node: Node, builder: GradientBuilder): readonly number[] | undefined {
  if (node.op.startsWith("Global")) return Array.from({ length: builder.rankOf(node.inputs[0]!) - 2 }, (_, axis) => axis + 2);
  const given = node.inputs[1];
  const axes = given ? (integersOf(given) ?? builder.refuse("its axes are computed")) : [];
  return axes.length > 0 || node.int("noop_with_empty_axes", 0) !== 0 ? axes : undefined;
}

/** The reduced axes come back with size 1. Where all were reduced, one number broadcasts as it is. */
function withAxes(node: Node, value: Value, builder: GradientBuilder): Value {
  const axes = axesOf(node, builder);
  const isKept = node.op.startsWith("Global") || node.int("keepdims", 1) !== 0;
  return isKept || !axes || axes.length === 0 ? value : builder.op("Unsqueeze", [value, builder.integers(axes)]);
}

const sum: GradientRule = (node, [gradient], builder) => [builder.op("Expand", [withAxes(node, gradient!, builder), builder.shapeOf(node.inputs[0]!)])];

const mean: GradientRule = (node, [gradient], builder) => sum(node, [builder.op("Div", [gradient!, countOf(node, builder)])], builder);

/** How many elements make one of the output. */
function countOf(node: Node, builder: GradientBuilder): Value {
  const [input, output] = [node.inputs[0]!, node.outputs[0]!];
  const known = staticCount(input, axesOf(node, builder));
  if (known !== undefined) return builder.scalar(known);
  const size = (value: Value): Value => builder.op("Cast", [builder.op("Size", [value])], { to: int(float32) });
  return builder.op("Div", [size(input), size(output)]);
}

/** TensorProto.DataType.FLOAT */
const float32 = 1;

/** The gradient goes to the elements that the output was taken from, in equal shares. */
const extreme: GradientRule = (node, [gradient], builder) => {
  const input = node.inputs[0]!;
  const axes = axesOf(node, builder);
  const isTaken = builder.op("CastLike", [builder.op("Equal", [input, withAxes(node, node.outputs[0]!, builder)]), input]);
  const noop = int(axes?.length === 0 ? 1 : 0);
  const count = builder.op("ReduceSum", [isTaken, axes && builder.integers(axes)], { keepdims: int(1), noop_with_empty_axes: noop });
  return [builder.op("Mul", [isTaken, builder.op("Div", [withAxes(node, gradient!, builder), count])])];
};

export const reductionRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: sum,
  ReduceMean: mean,
  GlobalAveragePool: mean,
  ReduceMax: extreme,
  ReduceMin: extreme,
  GlobalMaxPool: extreme,
};
