import type { Node, Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/** Operators that broadcast: each gradient is summed over what its input was repeated along. */
const sumBoth = (node: Node, builder: GradientBuilder, left: () => Value, right: () => Value) => {
  const [a, b] = node.inputs;
  return [builder.isActive(a) ? builder.sumLike(left(), node, 0) : undefined, builder.isActive(b) ? builder.sumLike(right(), node, 1) : undefined];
};

const add: GradientRule = (node, [gradient], builder) => node.inputs.map((_, index) => builder.sumLike(gradient!, node, index));

const subtract: GradientRule = (node, [gradient], builder) =>
  sumBoth(
    node,
    builder,
    () => gradient!,
    () => builder.op("Neg", [gradient!]),
  );

const multiply: GradientRule = (node, [gradient], builder) =>
  sumBoth(
    node,
    builder,
    () => builder.op("Mul", [gradient!, node.inputs[1]!]),
    () => builder.op("Mul", [gradient!, node.inputs[0]!]),
  );

/** y = a/b: da = g/b, db = -g*y/b. */
const divide: GradientRule = (node, [gradient], builder) => {
  const quotient = builder.op("Div", [gradient!, node.inputs[1]!]);
  return sumBoth(
    node,
    builder,
    () => quotient,
    () => builder.op("Neg", [builder.op("Mul", [quotient, node.outputs[0]!])]),
  );
};

/** y = x^p: dx = g*p*x^(p-1), dp = g*y*ln(x). */
const power: GradientRule = (node, [gradient], builder) => {
  const [base, exponent] = node.inputs as [Value, Value];
  return sumBoth(
    node,
    builder,
    () => {
      const factor = builder.op("CastLike", [exponent, base]);
      const lower = builder.op("Pow", [base, builder.op("Sub", [factor, builder.scalar(1)])]);
      return builder.op("Mul", [gradient!, builder.op("Mul", [factor, lower])]);
    },
    () => builder.op("Mul", [gradient!, builder.op("Mul", [node.outputs[0]!, builder.op("Log", [base])])]),
  );
};

/** The gradient goes to the inputs that the output was taken from. */
const extreme: GradientRule = (node, [gradient], builder) =>
  node.inputs.map((input, index) => {
    const taken = builder.op("Equal", [input!, node.outputs[0]!]);
    return builder.sumLike(builder.op("Where", [taken, gradient!, builder.scalar(0)]), node, index);
  });

export const arithmeticRules: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sum: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Pow: power,
  Min: extreme,
  Max: extreme,
};
