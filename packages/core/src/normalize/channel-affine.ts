import type { Node, Value } from "../ir/index.ts";
import { numbersOf, scalarOf } from "./constant-numbers.ts";

/** y = scale * x + shift, with a pair for each channel: what BatchNormalization and arithmetic with constants compute. */
export interface ChannelAffine {
  readonly input: Value;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** gamma (x - mean) / sqrt(variance + epsilon) + beta; undefined when a parameter is not constant. */
export function affineOfBatchNorm(node: Node, channels: number): ChannelAffine | undefined {
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => numbersOf(node.inputs[index]?.constant));
  if (!gamma || !beta || !mean || !variance || gamma.length !== channels) return undefined;
  const epsilon = node.float("epsilon", 1e-5);
  const scale = Float64Array.from({ length: channels }, (_, channel) => gamma[channel]! / Math.sqrt(variance[channel]! + epsilon));
  return { input: node.inputs[0]!, scale, shift: scale.map((factor, channel) => beta[channel]! - mean[channel]! * factor) };
}

/** How a tensor is laid out: so many dimensions lie behind the channels. */
export interface ChannelLayout {
  readonly channels: number;
  readonly trailing: number;
  readonly rank: number;
}

/** Add, Sub, Mul or Div with a constant that is one number, or one per channel. */
export function affineOfArithmetic(node: Node, layout: ChannelLayout): ChannelAffine | undefined {
  const { channels } = layout;
  const operand = constantOperand(node);
  const constants = operand && perChannel(operand.constant, layout);
  if (!operand || !constants) return undefined;
  const { input, side } = operand;
  const fill = (value: number) => new Float64Array(channels).fill(value);
  switch (node.op) {
    case "Add":
      return { input, scale: fill(1), shift: constants };
    case "Sub":
      return side === "right" ? { input, scale: fill(1), shift: constants.map((constant) => -constant) } : { input, scale: fill(-1), shift: constants };
    case "Mul":
      return { input, scale: constants, shift: fill(0) };
    case "Div":
      return side === "right" ? { input, scale: constants.map((constant) => 1 / constant), shift: fill(0) } : undefined;
    default:
      return undefined;
  }
}

/** A scalar step y = scale * x + shift. */
export function scalarAffineOf(node: Node): { readonly input: Value; readonly scale: number; readonly shift: number } | undefined {
  const operand = constantOperand(node);
  if (!operand || scalarOf(operand.constant) === undefined) return undefined;
  const affine = affineOfArithmetic(node, { channels: 1, trailing: 0, rank: operand.constant.content!.shape.length });
  return affine && { input: affine.input, scale: affine.scale[0]!, shift: affine.shift[0]! };
}

/** The constant of a binary operation with a float32 constant, and the side it stands on. */
export function constantOperand(node: Node): { readonly input: Value; readonly constant: Value; readonly side: "left" | "right" } | undefined {
  const [left, right] = node.inputs;
  if (node.domain !== "" || !left || !right || !["Add", "Sub", "Mul", "Div"].includes(node.op)) return undefined;
  if (right.content?.dtype === "float32" && !left.content) return { input: left, constant: right, side: "right" };
  return left.content?.dtype === "float32" && !right.content ? { input: right, constant: left, side: "left" } : undefined;
}

/** One number per channel, if the constant varies along no other axis and does not raise the rank. */
function perChannel(constant: Value, { channels, trailing, rank }: ChannelLayout): Float64Array | undefined {
  const { shape } = constant.content!;
  const axis = shape.length - 1 - trailing;
  if (shape.some((dimension, index) => dimension !== 1 && (index !== axis || dimension !== channels)) || shape.length > rank) return undefined;
  const data = numbersOf(constant.constant)!;
  return Float64Array.from({ length: channels }, (_, channel) => data[data.length === 1 ? 0 : channel]!);
}
