import type { Node } from "../../ir/index.ts";
import { constantContent } from "../constants-to-initializers.ts";
import type { TypeOf } from "./value-types.ts";

type RankRule = (node: Node, index: number, typeOf: TypeOf) => number | undefined;

const always =
  (rank: number): RankRule =>
  () =>
    rank;
const notInferred: RankRule = () => undefined;

const broadcast: RankRule = (node, _, typeOf) => {
  const ranks = node.inputs.map((input) => typeOf(input).rank);
  return ranks.every((rank) => rank !== undefined) ? Math.max(...ranks) : undefined;
};

const product =
  (right: number): RankRule =>
  (node, _, typeOf) => {
    const [a, b] = [typeOf(node.inputs[0]).rank, typeOf(node.inputs[right]).rank];
    if (a === undefined || b === undefined) return undefined;
    return a === 1 || b === 1 ? Math.max(a, b) - 1 : Math.max(a, b);
  };

const plus = (rank: number | undefined, more: number | undefined) => (rank === undefined || more === undefined ? undefined : rank + more);

/** The axes of an operator that took them as an attribute first and as an input later. */
function axisCount(node: Node, typeOf: TypeOf): number | undefined {
  return node.ints("axes")?.length ?? typeOf(node.inputs[1]).length;
}

const reduction: RankRule = (node, _, typeOf) => {
  if (node.int("keepdims", 1) === 1) return typeOf(node.inputs[0]).rank;
  if (!node.ints("axes") && !node.inputs[1]) return node.int("noop_with_empty_axes", 0) === 1 ? typeOf(node.inputs[0]).rank : 0;
  const count = axisCount(node, typeOf);
  return count === undefined ? undefined : plus(typeOf(node.inputs[0]).rank, -count);
};

const bestIndex: RankRule = (node, _, typeOf) => plus(typeOf(node.inputs[0]).rank, node.int("keepdims", 1) === 1 ? 0 : -1);
const recurrent: RankRule = (_, index) => (index === 0 ? 4 : 3);
const shapedByInput =
  (input: number): RankRule =>
  (node, _, typeOf) =>
    typeOf(node.inputs[input]).length;

function all(rule: RankRule, ...ops: readonly string[]): Readonly<Record<string, RankRule>> {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}

/** Every other operator answers in the rank of its first input. */
const rankRules: Readonly<Record<string, RankRule>> = {
  ...all(broadcast, "Add", "Sub", "Mul", "Div", "Pow", "Mod", "Max", "Min", "Sum", "Mean", "Where", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor"),
  ...all(broadcast, "And", "Or", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"),
  ...all(product(1), "MatMul", "MatMulInteger"),
  ...all(product(3), "QLinearMatMul"),
  ...all(
    reduction,
    "ReduceSum",
    "ReduceMean",
    "ReduceMax",
    "ReduceMin",
    "ReduceProd",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceSumSquare",
  ),
  ...all(bestIndex, "ArgMax", "ArgMin"),
  ...all(recurrent, "LSTM", "GRU", "RNN"),
  ...all(always(0), "Size"),
  ...all(always(1), "Shape", "Range"),
  ...all(always(2), "Gemm", "Flatten", "NonZero", "Multinomial", "NonMaxSuppression"),
  ...all(always(4), "RoiAlign", "MaxRoiPool"),
  ...all(shapedByInput(1), "Reshape"),
  ...all(shapedByInput(0), "ConstantOfShape"),
  ...all(notInferred, "Einsum", "GatherND", "Compress", "Unique", "Det", "Loop", "Scan", "SequenceMap", "SequenceAt", "SequenceConstruct", "SequenceEmpty"),
  ...all(notInferred, "SequenceErase", "SequenceInsert", "SequenceLength", "SplitToSequence", "ConcatFromSequence", "Optional", "OptionalGetElement"),
  ...all(notInferred, "OptionalHasElement", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "TfIdfVectorizer", "StringSplit", "ImageDecoder"),
  ...all(notInferred, "AffineGrid", "Col2Im", "STFT", "MelWeightMatrix", "BlackmanWindow", "HammingWindow", "HannWindow", "RandomNormal", "RandomUniform"),
  ...all(notInferred, "DynamicQuantizeLinear"),
  BatchNormalization: (node, index, typeOf) => (index === 0 ? typeOf(node.inputs[0]).rank : 1),
  Constant: (node) => constantContent(node)?.shape.length,
  Expand: (node, _, typeOf) => {
    const [rank, length] = [typeOf(node.inputs[0]).rank, typeOf(node.inputs[1]).length];
    return rank === undefined || length === undefined ? undefined : Math.max(rank, length);
  },
  Gather: (node, _, typeOf) => plus(plus(typeOf(node.inputs[0]).rank, typeOf(node.inputs[1]).rank), -1),
  If: (node, index, typeOf) => {
    const [first, second] = node.subgraphs.map((branch) => typeOf(branch.outputs[index]).rank);
    return first === second ? first : undefined;
  },
  OneHot: (node, _, typeOf) => plus(typeOf(node.inputs[0]).rank, 1),
  Squeeze: (node, _, typeOf) => {
    const count = axisCount(node, typeOf);
    return count === undefined ? undefined : plus(typeOf(node.inputs[0]).rank, -count);
  },
  Unsqueeze: (node, _, typeOf) => plus(typeOf(node.inputs[0]).rank, axisCount(node, typeOf)),
};

export function rankOfOutput(node: Node, index: number, typeOf: TypeOf): number | undefined {
  return node.domain === "" ? (rankRules[node.op] ?? firstInput)(node, index, typeOf) : undefined;
}

const firstInput: RankRule = (node, _, typeOf) => typeOf(node.inputs[0]).rank;
