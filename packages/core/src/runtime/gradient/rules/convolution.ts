import { int, ints, type Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";
import { kernelOf, reachOf, scatterWindows, type Windows, windowsOf } from "./windows.ts";

/**
 * The transposed convolution of the gradient with the same weights. With stride 1 that is a convolution with the flipped
 * weights, for which runtimes have their fastest kernels.
 */
const convolution: GradientRule = (node, [gradient], builder) => {
  const [input, weight] = node.inputs as [Value, Value];
  builder.requireInactive(node.inputs.slice(1));
  const windows = windowsOf(node, kernelOf(weight, builder), builder);
  const group = node.int("group", 1);
  if (!isFlippable(windows)) return [scatterWindows(builder, gradient!, weight, windows, group, { input, output: node.outputs[0]! })];
  const { kernel, dilations, before, after } = windows;
  const pads = [before, after].flatMap((side) => side.map((pad, axis) => reachOf(windows, axis) - pad));
  const attributes = { kernel_shape: ints(kernel), dilations: ints(dilations), group: int(group), pads: ints(pads) };
  return [builder.op("Conv", [gradient!, flipped(builder, weight, kernel, group)], attributes)];
};

/** Padding beyond the kernel's reach would have to be cut off instead. */
function isFlippable(windows: Windows): boolean {
  const { kernel, strides, before, after } = windows;
  return kernel.every((_, axis) => strides[axis] === 1 && Math.max(before[axis]!, after[axis]!) <= reachOf(windows, axis));
}

/** Within each group, inputs become outputs; [M, C/group, ...] to [C, M/group, ...], with the kernel read backwards. */
function flipped(builder: GradientBuilder, weight: Value, kernel: readonly number[], group: number): Value {
  const axes = kernel.flatMap((size, axis) => (size > 1 ? [axis] : []));
  const backwards = (step: (size: number) => number): Value => builder.integers(axes.map((axis) => step(kernel[axis]!)));
  const ends = backwards((size) => -size - 1);
  const spatial = builder.integers(axes.map((axis) => axis + 2));
  const turned = axes.length > 0 ? builder.op("Slice", [weight, backwards(() => -1), ends, spatial, backwards(() => -1)]) : weight;
  const [outputs, inputs] = weight.shape as readonly number[];
  if (inputs === 1 && outputs === group) return turned;
  const perGroup = builder.op("Reshape", [turned, builder.integers([group, outputs! / group, inputs!, ...kernel])]);
  const order = [0, 2, 1, ...kernel.map((_, axis) => axis + 3)];
  const exchanged = builder.op("Transpose", [perGroup], { perm: ints(order) });
  return builder.op("Reshape", [exchanged, builder.integers([group * inputs!, outputs! / group, ...kernel])]);
}

/** The convolution of the gradient with the same weights. */
const transposedConvolution: GradientRule = (node, [gradient], builder) => {
  const weight = node.inputs[1]!;
  builder.requireInactive(node.inputs.slice(1));
  if (node.ints("output_shape") || node.string("auto_pad", "NOTSET") !== "NOTSET") builder.refuse("its padding follows from output_shape or auto_pad");
  const { kernel, strides, dilations, before, after } = windowsOf(node, kernelOf(weight, builder), builder);
  const attributes = { kernel_shape: ints(kernel), strides: ints(strides), dilations: ints(dilations), pads: ints([...before, ...after]) };
  return [builder.op("Conv", [gradient!, weight], { ...attributes, group: int(node.int("group", 1)) })];
};

export const convolutionRules: Readonly<Record<string, GradientRule>> = { Conv: convolution, ConvTranspose: transposedConvolution };
