import type { Node, Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/** From the input, the output and the gradient of the output to the gradient of the input. */
type Derivative = (builder: GradientBuilder, at: { readonly x: Value; readonly y: Value; readonly gradient: Value; readonly node: Node }) => Value;

/** An operator of one variable, element by element; its other inputs are constants. */
const elementwise =
  (derivative: Derivative): GradientRule =>
  (node, [gradient], builder) => {
    builder.requireInactive(node.inputs.slice(1));
    return [derivative(builder, { x: node.inputs[0]!, y: node.outputs[0]!, gradient: gradient!, node })];
  };

const passWhere = (builder: GradientBuilder, condition: Value, gradient: Value): Value => builder.op("Where", [condition, gradient, builder.scalar(0)]);

const square = (builder: GradientBuilder, value: Value): Value => builder.op("Mul", [value, value]);

const between = (builder: GradientBuilder, value: Value, low: number, high: number): Value =>
  builder.op("And", [builder.op("Greater", [value, builder.scalar(low)]), builder.op("Less", [value, builder.scalar(high)])]);

const clip: Derivative = (builder, { x, y, gradient }) => passWhere(builder, builder.op("Equal", [x, y]), gradient);

const relu: Derivative = (builder, { y, gradient }) => passWhere(builder, builder.op("Greater", [y, builder.scalar(0)]), gradient);

const leakyRelu: Derivative = (builder, { x, gradient, node }) => {
  const isPositive = builder.op("Greater", [x, builder.scalar(0)]);
  return builder.op("Where", [isPositive, gradient, builder.op("Mul", [gradient, builder.scalar(node.float("alpha", 0.01))])]);
};

const sigmoid: Derivative = (builder, { y, gradient }) => builder.op("Mul", [gradient, builder.op("Sub", [y, square(builder, y)])]);

const tanh: Derivative = (builder, { y, gradient }) => builder.op("Mul", [gradient, builder.op("Sub", [builder.scalar(1), square(builder, y)])]);

const hardSigmoid: Derivative = (builder, { y, gradient, node }) =>
  passWhere(builder, between(builder, y, 0, 1), builder.op("Mul", [gradient, builder.scalar(node.float("alpha", 0.2))]));

/** y = x * clip(x/6 + 1/2, 0, 1): dy = x/3 + 1/2 inside (-3, 3), 0 before and 1 after. */
const hardSwish: Derivative = (builder, { x, gradient }) => {
  const slope = builder.op("Add", [builder.op("Mul", [x, builder.scalar(1 / 3)]), builder.scalar(0.5)]);
  const step = builder.op("Where", [builder.op("Greater", [x, builder.scalar(0)]), builder.scalar(1), builder.scalar(0)]);
  return builder.op("Mul", [gradient, builder.op("Where", [between(builder, x, -3, 3), slope, step])]);
};

/** factor * exp(-x^2 * rate) */
const bell = (builder: GradientBuilder, x: Value, rate: number, factor: number): Value =>
  builder.op("Mul", [builder.op("Exp", [builder.op("Mul", [square(builder, x), builder.scalar(-rate)])]), builder.scalar(factor)]);

const erf: Derivative = (builder, { x, gradient }) => builder.op("Mul", [gradient, bell(builder, x, 1, 2 / Math.sqrt(Math.PI))]);

const gelu: Derivative = (builder, at) => {
  const slope = at.node.string("approximate", "none") === "tanh" ? tanhGeluSlope(builder, at.x) : geluSlope(builder, at.x);
  return builder.op("Mul", [at.gradient, slope]);
};

/** d/dx x*Phi(x) = Phi(x) + x*phi(x), of the normal distribution. */
function geluSlope(builder: GradientBuilder, x: Value): Value {
  const error = builder.op("Erf", [builder.op("Mul", [x, builder.scalar(Math.SQRT1_2)])]);
  const cumulative = builder.op("Mul", [builder.op("Add", [error, builder.scalar(1)]), builder.scalar(0.5)]);
  return builder.op("Add", [cumulative, builder.op("Mul", [x, bell(builder, x, 0.5, 1 / Math.sqrt(2 * Math.PI))])]);
}

/** With u = c*(x + a*x^3) and t = tanh(u): y = x/2*(1 + t), dy = (1 + t)/2 * (1 + x*(1 - t)*c*(1 + 3*a*x^2)). */
function tanhGeluSlope(builder: GradientBuilder, x: Value): Value {
  const [one, a, c] = [builder.scalar(1), 0.044715, Math.sqrt(2 / Math.PI)];
  const squared = square(builder, x);
  const polynomial = (factor: number): Value =>
    builder.op("Mul", [builder.op("Add", [builder.op("Mul", [squared, builder.scalar(factor * a)]), one]), builder.scalar(c)]);
  const t = builder.op("Tanh", [builder.op("Mul", [x, polynomial(1)])]);
  const inner = builder.op("Mul", [builder.op("Mul", [x, builder.op("Sub", [one, t])]), polynomial(3)]);
  return builder.op("Mul", [builder.op("Mul", [builder.op("Add", [t, one]), builder.scalar(0.5)]), builder.op("Add", [inner, one])]);
}

export const activationRules: Readonly<Record<string, GradientRule>> = {
  Neg: elementwise((builder, { gradient }) => builder.op("Neg", [gradient])),
  Sqrt: elementwise((builder, { y, gradient }) => builder.op("Mul", [builder.op("Div", [gradient, y]), builder.scalar(0.5)])),
  Reciprocal: elementwise((builder, { y, gradient }) => builder.op("Neg", [builder.op("Mul", [gradient, square(builder, y)])])),
  Exp: elementwise((builder, { y, gradient }) => builder.op("Mul", [gradient, y])),
  Log: elementwise((builder, { x, gradient }) => builder.op("Div", [gradient, x])),
  Abs: elementwise((builder, { x, gradient }) => builder.op("Mul", [gradient, builder.op("Sign", [x])])),
  Relu: elementwise(relu),
  LeakyRelu: elementwise(leakyRelu),
  Clip: elementwise(clip),
  Sigmoid: elementwise(sigmoid),
  HardSigmoid: elementwise(hardSigmoid),
  HardSwish: elementwise(hardSwish),
  Tanh: elementwise(tanh),
  Erf: elementwise(erf),
  Gelu: elementwise(gelu),
};
