import type { NodeView, OperatorSupport, Target, ValueView } from "../spec/index.ts";

/** Which input of an operator is a weight, and how it is cut: axes of the weight tensor. */
export interface WeightLayout {
  readonly input: number;
  readonly biasInput: number | undefined;
  readonly channelAxis: number;
  readonly reductionAxis: number;
}

/** Undefined when the target has no integer kernel for the node, as its attributes are. */
export function supportOf(target: Target, node: NodeView): OperatorSupport | undefined {
  const support = node.domain === "" ? target.operators[node.op] : undefined;
  return support && !unmetAttribute(support, node) ? support : undefined;
}

/** Why `supportOf` found nothing. */
export function refusalOf(target: Target, node: NodeView): string {
  const unmet = node.domain === "" && target.operators[node.op] ? unmetAttribute(target.operators[node.op]!, node) : undefined;
  if (unmet) return `${node.op} is integer on ${target.name} only with ${unmet[0]} = ${unmet[1]}`;
  const op = `${node.domain ? `${node.domain}.` : ""}${node.op}`;
  return prefersFloat(target) ? `${op} computes in float on ${target.name}` : `${op} has no integer kernel on ${target.name}`;
}

/** A table that stores weights of operators which compute in float leaves kernels out because they are slower, or does without any. */
function prefersFloat({ operators }: Target): boolean {
  return Object.values(operators).some(({ role, activations }) => role === "weighted" && activations.length === 0);
}

/** The attribute value a kernel asks for and the node does not have. */
function unmetAttribute(support: OperatorSupport, node: NodeView): readonly [name: string, value: string | number] | undefined {
  return Object.entries(support.where ?? {}).find(([name, value]) => (node.attribute(name) ?? value) !== value);
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
  return dataOperands(node, support).filter((value) => value.constant === undefined);
}

/** The inputs that hold numbers to compute with or to move, constants included. */
export function dataOperands(node: NodeView, support: OperatorSupport): readonly ValueView[] {
  return operandPositions(node, support).flatMap((index) => node.inputs[index] ?? []);
}

function operandPositions(node: NodeView, support: OperatorSupport): readonly number[] {
  if (support.role !== "pass-through" || node.op === "Concat") return [...node.inputs.keys()];
  return node.op === "Where" ? [1, 2] : [0];
}

export function readersOf(value: ValueView): readonly NodeView[] {
  return value.consumers.map((use) => use.node);
}

/** The one reader of a value nobody else sees. */
export function onlyReader(value: ValueView): NodeView | undefined {
  return value.consumers.length === 1 && !value.isOutput ? value.consumers[0]!.node : undefined;
}
