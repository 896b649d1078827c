import type { NodeView, OperatorSupport, Target, ValueView } from "../spec/index.ts";

/** Which input of an operator is a weight, and how it is cut: axes of the weight tensor. */
export interface WeightLayout {
  readonly input: number;
  readonly biasInput: number | undefined;
  readonly channelAxis: number;
  readonly reductionAxis: number;
}

export function supportOf(target: Target, node: NodeView): OperatorSupport | undefined {
  return node.domain === "" ? target.operators[node.op] : undefined;
}

export function weightLayoutOf(node: NodeView): WeightLayout | undefined {
  const rank = node.inputs[1]?.shape?.length ?? 0;
  switch (node.op) {
    case "Conv":
      return { input: 1, biasInput: 2, channelAxis: 0, reductionAxis: 1 };
    case "ConvTranspose":
      return { input: 1, biasInput: 2, channelAxis: 1, reductionAxis: 0 };
    case "Gemm":
      return node.attribute("transB") === 1
        ? { input: 1, biasInput: 2, channelAxis: 0, reductionAxis: 1 }
        : { input: 1, biasInput: 2, channelAxis: 1, reductionAxis: 0 };
    case "MatMul":
      return { input: 1, biasInput: undefined, channelAxis: rank - 1, reductionAxis: rank - 2 };
    default:
      return undefined;
  }
}

/** Activation inputs: everything that is neither constant nor a parameter such as a shape. */
export function dataInputs(node: NodeView, support: OperatorSupport): readonly ValueView[] {
  const positions = support.role === "pass-through" && node.op !== "Concat" ? [0] : node.inputs.keys();
  return [...positions].flatMap((index) => {
    const value = node.inputs[index];
    return value && value.constant === undefined ? [value] : [];
  });
}

export function readersOf(value: ValueView): readonly NodeView[] {
  return value.consumers.map((use) => use.node);
}

/** The one reader of a value nobody else sees. */
export function onlyReader(value: ValueView): NodeView | undefined {
  return value.consumers.length === 1 && !value.isOutput ? value.consumers[0]!.node : undefined;
}
