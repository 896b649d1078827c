import { int, type Node, type Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

const sumAlong = (node: Node, value: Value, builder: GradientBuilder): Value =>
  builder.op("ReduceSum", [value, builder.integers([node.int("axis", -1)])], { keepdims: int(1) });

/** dx = y * (g - sum(g*y)) */
const softmax: GradientRule = (node, [gradient], builder) => {
  const y = node.outputs[0]!;
  const mean = sumAlong(node, builder.op("Mul", [gradient!, y]), builder);
  return [builder.op("Mul", [builder.op("Sub", [gradient!, mean]), y])];
};

/** dx = g - exp(y) * sum(g) */
const logSoftmax: GradientRule = (node, [gradient], builder) => {
  const probability = builder.op("Exp", [node.outputs[0]!]);
  return [builder.op("Sub", [gradient!, builder.op("Mul", [probability, sumAlong(node, gradient!, builder)])])];
};

export const softmaxRules: Readonly<Record<string, GradientRule>> = { Softmax: softmax, LogSoftmax: logSoftmax };
