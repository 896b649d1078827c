import type { Graph, Node, Value } from "../../ir/index.ts";
import { dtypeFrom } from "../../onnx/index.ts";
import type { Dtype } from "../../spec/index.ts";
import { constantContent } from "../constants-to-initializers.ts";
import { declaredLength, lengthOfOutput } from "./value-length.ts";
import { rankOfOutput } from "./value-rank.ts";

/** What is known of a value before the model ever ran. */
export interface ValueType {
  readonly dtype: Dtype | undefined;
  readonly rank: number | undefined;
  /** Of a one-dimensional value, such as a shape. */
  readonly length: number | undefined;
}

export type TypeOf = (value: Value | undefined) => ValueType;

const unknown: ValueType = { dtype: undefined, rank: undefined, length: undefined };

/** Element types and ranks of the whole model: those declared, and those that follow from the operators. Later changes to the graph do not show. */
export function propagateTypes(graph: Graph): TypeOf {
  const types = new Map<Value, ValueType>();
  const typeOf: TypeOf = (value) => {
    if (!value) return unknown;
    return types.get(value) ?? { dtype: value.dtype, rank: value.shape?.length, length: declaredLength(value) };
  };
  visit(graph);
  return typeOf;

  function visit(inner: Graph): void {
    for (const node of inner.nodes) {
      node.subgraphs.forEach(visit);
      node.outputs.forEach((output, index) => {
        if (!output) return;
        const { dtype, rank, length } = typeOf(output);
        types.set(output, {
          dtype: dtype ?? dtypeOfOutput(node, index, typeOf),
          rank: rank ?? rankOfOutput(node, index, typeOf),
          length: length ?? lengthOfOutput(node, typeOf),
        });
      });
    }
  }
}

type DtypeRule = (node: Node, index: number, typeOf: TypeOf) => Dtype | undefined;

const always =
  (dtype: Dtype): DtypeRule =>
  () =>
    dtype;
const ofInput =
  (input: number): DtypeRule =>
  (node, _, typeOf) =>
    typeOf(node.inputs[input]).dtype;
const indices: DtypeRule = (node, index, typeOf) => (index === 0 ? typeOf(node.inputs[0]).dtype : "int64");
const notInferred: DtypeRule = () => undefined;

function all(rule: DtypeRule, ...ops: readonly string[]): Readonly<Record<string, DtypeRule>> {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}

/** Every other operator answers in the type of its first input. */
const dtypeRules: Readonly<Record<string, DtypeRule>> = {
  ...all(always("bool"), "And", "Or", "Not", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "IsNaN", "IsInf", "OptionalHasElement"),
  ...all(always("int64"), "Shape", "Size", "ArgMax", "ArgMin", "NonZero", "NonMaxSuppression", "SequenceLength"),
  ...all(always("int32"), "MatMulInteger", "ConvInteger"),
  ...all(indices, "TopK", "MaxPool", "Unique"),
  ...all(ofInput(1), "CastLike", "Where", "DequantizeLinear", "SequenceInsert"),
  ...all(ofInput(2), "OneHot"),
  ...all(ofInput(7), "QLinearConv", "QLinearMatMul"),
  ...all(notInferred, "Loop", "Scan", "SequenceMap", "SequenceEmpty", "DynamicQuantizeLinear", "RandomNormal", "RandomUniform", "Multinomial", "ImageDecoder"),
  ...all(notInferred, "RandomNormalLike", "RandomUniformLike", "EyeLike", "Bernoulli", "BlackmanWindow", "HammingWindow", "HannWindow", "MelWeightMatrix"),
  ...all(notInferred, "TfIdfVectorizer", "RegexFullMatch", "StringSplit"),
  Dropout: (node, index, typeOf) => (index === 0 ? typeOf(node.inputs[0]).dtype : undefined),
  Cast: (node) => dtypeFrom(node.int("to", 0), `Node ${node.name}`),
  Constant: (node) => constantContent(node)?.dtype,
  ConstantOfShape: (node) => {
    const value = node.attributes.get("value");
    return value?.kind === "tensor" ? value.value.dtype : "float32";
  },
  QuantizeLinear: (node, _, typeOf) => (node.inputs[2] ? typeOf(node.inputs[2]).dtype : "uint8"),
  If: (node, index, typeOf) => typeOf(node.subgraphs[0]?.outputs[index]).dtype,
};

function dtypeOfOutput(node: Node, index: number, typeOf: TypeOf): Dtype | undefined {
  if (node.domain !== "") return undefined;
  return (dtypeRules[node.op] ?? ofInput(0))(node, index, typeOf);
}
