import { constantFromTensor, elementCount, type Node, type Value } from "../ir/index.ts";
import type { Verdict } from "../spec/index.ts";
import { accepted, refused } from "./rule.ts";

/** An operator that multiplies by a constant weight, seen as one that answers in output channels. */
export interface LinearOperator {
  readonly node: Node;
  readonly weight: Value;
  /** Input that adds one number per channel; undefined for MatMul, which has none. */
  readonly biasInput: number | undefined;
  readonly channels: number;
  /** Dimensions behind the channels in the output. */
  readonly trailing: number;
  /** Rank of the data read and of the output, at least. */
  readonly rank: number;
  /** Output channel of a weight element, by its row-major position. */
  readonly channelOf: (position: number) => number;
}

const biased = 2;

/** Conv, ConvTranspose, Gemm or MatMul with a constant weight. */
export function linearOperatorOf(node: Node | undefined): LinearOperator | undefined {
  const weight = node?.inputs[1];
  const shape = weight?.content?.shape;
  if (node?.domain !== "" || !weight || !shape) return undefined;
  switch (node.op) {
    case "Conv":
      return shape.length < 3 ? undefined : convolution(node, weight, shape);
    case "ConvTranspose":
      return shape.length < 3 ? undefined : transposedConvolution(node, weight, shape);
    case "Gemm":
    case "MatMul":
      return shape.length === 2 ? product(node, weight, shape[0]!, shape[1]!) : undefined;
    default:
      return undefined;
  }
}

/** [M, C/group, ...kernel] */
function convolution(node: Node, weight: Value, shape: readonly number[]): LinearOperator {
  const perChannel = elementCount(shape.slice(1));
  return {
    node,
    weight,
    biasInput: biased,
    channels: shape[0]!,
    trailing: shape.length - 2,
    rank: shape.length,
    channelOf: (position) => Math.floor(position / perChannel),
  };
}

/** [C, M/group, ...kernel]: the output channels of a group are the second axis of its rows. */
function transposedConvolution(node: Node, weight: Value, shape: readonly number[]): LinearOperator {
  const group = node.int("group", 1);
  const kernel = elementCount(shape.slice(2));
  const perGroup = shape[1]!;
  const rowsPerGroup = shape[0]! / group;
  return {
    node,
    weight,
    biasInput: biased,
    channels: perGroup * group,
    trailing: shape.length - 2,
    rank: shape.length,
    channelOf: (position) => {
      const row = Math.floor(position / (kernel * perGroup));
      return Math.floor(row / rowsPerGroup) * perGroup + (Math.floor(position / kernel) % perGroup);
    },
  };
}

/** [K, N], or [N, K] when transposed. */
function product(node: Node, weight: Value, rows: number, columns: number): LinearOperator {
  const transposed = node.op === "Gemm" && node.int("transB", 0) === 1;
  return {
    node,
    weight,
    biasInput: node.op === "Gemm" ? biased : undefined,
    channels: transposed ? rows : columns,
    trailing: 0,
    rank: node.op === "Gemm" ? 2 : 1,
    channelOf: transposed ? (position) => Math.floor(position / columns) : (position) => position % columns,
  };
}

/** Can weight and bias be rewritten? */
export function checkFoldable({ node, weight, biasInput, channels }: LinearOperator): Verdict {
  if (weight.content!.dtype !== "float32") return refused(`the weight of ${node.name} is ${weight.content!.dtype}`);
  const bias = biasInput === undefined ? undefined : node.inputs[biasInput];
  if (!bias) return accepted;
  if (bias.content?.dtype !== "float32") return refused(`the bias of ${node.name} is no float32 constant`);
  const shape = bias.content.shape;
  const perChannel = shape.every((dimension, axis) => dimension === 1 || (axis === shape.length - 1 && dimension === channels));
  return perChannel ? accepted : refused(`the bias of ${node.name} is not one number per channel`);
}

/** The bias as it is added: one number per channel. */
export function biasOf({ node, biasInput, channels }: LinearOperator): Float64Array {
  const data = biasInput === undefined ? undefined : (node.inputs[biasInput]?.constant?.data as Float32Array | undefined);
  if (!data) return new Float64Array(channels);
  const beta = node.op === "Gemm" ? node.float("beta", 1) : 1;
  return Float64Array.from({ length: channels }, (_, channel) => beta * data[data.length === 1 ? 0 : channel]!);
}

/** Each weight times its channel's factor. */
export function scaledWeight({ weight, channelOf }: LinearOperator, factorOf: (channel: number) => number): Float32Array {
  return (weight.constant!.data as Float32Array).map((element, position) => element * factorOf(channelOf(position)));
}

/** Gives the operator new numbers; a weight or bias that others read stays theirs. */
export function setWeight({ node, weight }: LinearOperator, data: Float32Array): void {
  replaceInput(node, 1, weight.name, weight.content!.shape, data);
}

export function setBias({ node, biasInput }: LinearOperator, data: Float64Array): void {
  const bias = node.inputs[biasInput!];
  if (!bias && data.every((element) => element === 0)) return;
  if (node.op === "Gemm") node.setAttribute("beta", undefined);
  replaceInput(node, biasInput!, bias?.name ?? `${node.name}_bias`, [data.length], Float32Array.from(data));
}

function replaceInput(node: Node, index: number, name: string, shape: readonly number[], data: Float32Array): void {
  const { graph } = node;
  const previous = node.inputs[index];
  const content = constantFromTensor({ dtype: "float32", shape, data });
  const own = previous && previous.graph === graph && previous.consumers.length === 1 && !previous.isOutput && !previous.isInput;
  if (own) previous.content = content;
  else node.setInput(index, graph.addConstant(name, content));
}
