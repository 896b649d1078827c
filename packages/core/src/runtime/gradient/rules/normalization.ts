import { int, type Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/**
 * The gradient through n = (x - mean)/deviation, from h, the gradient of n:
 * dx = (h - mean(h) - n*mean(h*n)) / deviation, with all means along the same axes (Ba, Kiros and Hinton 2016).
 */
function throughStandardization(builder: GradientBuilder, x: Value, h: Value, axes: readonly number[], epsilon: number): Value {
  const mean = (value: Value): Value => builder.op("ReduceMean", [value, builder.integers(axes)], { keepdims: int(1) });
  const centred = builder.op("Sub", [x, mean(x)]);
  const variance = mean(builder.op("Mul", [centred, centred]));
  const deviation = builder.op("Sqrt", [builder.op("Add", [variance, builder.scalar(epsilon)])]);
  const n = builder.op("Div", [centred, deviation]);
  const rest = builder.op("Sub", [builder.op("Sub", [h, mean(h)]), builder.op("Mul", [n, mean(builder.op("Mul", [h, n]))])]);
  return builder.op("Div", [rest, deviation]);
}

/** A vector of channels, to be multiplied with [batch, channels, ...]. */
function perChannel(builder: GradientBuilder, channels: Value, like: Value): Value {
  const spatial = builder.rankOf(like) - 2;
  return builder.op("Reshape", [channels, builder.integers([1, -1, ...Array<number>(spatial).fill(1)])]);
}

const layerNormalization: GradientRule = (node, [gradient, ...moments], builder) => {
  const [x, scale] = node.inputs as [Value, Value];
  builder.requireInactive(node.inputs.slice(1));
  if (moments.some((moment) => moment)) builder.refuse("the loss depends on its mean or deviation");
  const axis = node.int("axis", -1);
  const first = axis < 0 ? axis : axis - builder.rankOf(x);
  const axes = Array.from({ length: -first }, (_, index) => first + index);
  return [throughStandardization(builder, x, builder.op("Mul", [gradient!, scale]), axes, node.float("epsilon", 1e-5))];
};

const instanceNormalization: GradientRule = (node, [gradient], builder) => {
  const [x, scale] = node.inputs as [Value, Value];
  builder.requireInactive(node.inputs.slice(1));
  const h = builder.op("Mul", [gradient!, perChannel(builder, scale, x)]);
  const axes = Array.from({ length: builder.rankOf(x) - 2 }, (_, index) => index + 2);
  return [throughStandardization(builder, x, h, axes, node.float("epsilon", 1e-5))];
};

/** As [batch, groups, elements]. */
const groupNormalization: GradientRule = (node, [gradient], builder) => {
  const [x, scale] = node.inputs as [Value, Value];
  builder.requireInactive(node.inputs.slice(1));
  const grouped = (value: Value): Value => builder.op("Reshape", [value, builder.integers([0, node.int("num_groups", 1), -1])]);
  const h = builder.op("Mul", [gradient!, perChannel(builder, scale, x)]);
  return [builder.reshapeLike(throughStandardization(builder, grouped(x), grouped(h), [2], node.float("epsilon", 1e-5)), x)];
};

/** Inference: y = (x - mean)/sqrt(variance + epsilon) * scale + bias, with constant moments. */
const batchNormalization: GradientRule = (node, [gradient], builder) => {
  const [x, scale, , , variance] = node.inputs as [Value, Value, Value, Value, Value];
  builder.requireInactive(node.inputs.slice(1));
  if (node.int("training_mode", 0) !== 0) builder.refuse("it is in training mode");
  const deviation = builder.op("Sqrt", [builder.op("Add", [variance, builder.scalar(node.float("epsilon", 1e-5))])]);
  return [builder.op("Mul", [gradient!, perChannel(builder, builder.op("Div", [scale, deviation]), x)])];
};

export const normalizationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  BatchNormalization: batchNormalization,
};
