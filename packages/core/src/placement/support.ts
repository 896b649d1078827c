import type { AffineEncoding, Encoding, IntegerDtype, NodeView, OperatorSupport, Target, Verdict } from "../spec/index.ts";
import { refusalOf, supportOf, weightLayoutOf } from "./roles.ts";

/** A target that answers from its table. */
export function tableTarget(table: Omit<Target, "supports">): Target {
  const target: Target = { ...table, supports: (node, tensor, encoding) => judge(target, node, tensor, encoding) };
  return target;
}

const yes: Verdict = { ok: true };

function judge(target: Target, node: NodeView, tensor: string, encoding: Encoding): Verdict {
  if (encoding.kind === "log") return no(`no integer kernel of ${target.name} reads logarithmic codes`);
  if (encoding.kind === "twin") {
    const support = supportOf(target, node);
    if (support && !support.floatOutput) return no(`${node.op} cannot add the results of two grids on ${target.name}: it answers on a grid only`);
    const low = judge(target, node, tensor, encoding.low);
    return low.ok ? judge(target, node, tensor, encoding.high) : low;
  }
  const support = supportOf(target, node);
  if (!support) return no(refusalOf(target, node));
  const uses = node.inputs.flatMap((value, index) => (value?.name === tensor ? [index] : []));
  const isOutput = node.outputs.some((value) => value?.name === tensor);
  if (uses.length === 0 && !isOutput) return no(`${tensor} is no tensor of ${node.name}`);
  for (const input of uses) {
    const verdict = judgeInput(target, support, node, input, encoding);
    if (!verdict.ok) return verdict;
  }
  return isOutput ? judgeActivation(target, support, node, encoding) : yes;
}

function judgeInput(target: Target, support: OperatorSupport, node: NodeView, input: number, encoding: AffineEncoding): Verdict {
  if (support.role !== "weighted") return judgeActivation(target, support, node, encoding);
  const layout = weightLayoutOf(node);
  if (input === layout?.biasInput) return encoding.dtype === "int32" ? yes : no(`the bias of ${node.op} must be int32, not ${encoding.dtype}`);
  if (input !== layout?.input) return judgeActivation(target, support, node, encoding);
  if (node.inputs[input]?.constant) return judgeWeight(target, support, node, layout.channelAxis, encoding);
  if (!support.bothActivations) return no(`${node.op} of two activations has no integer kernel on ${target.name}`);
  return judgeActivation(target, support, node, encoding);
}

function judgeActivation(target: Target, support: OperatorSupport, node: NodeView, encoding: AffineEncoding): Verdict {
  if (encoding.axis !== undefined) return no(`activations of ${node.op} need one scale per tensor on ${target.name}`);
  return judgeType(target, node, "activations", support.activations, encoding.dtype);
}

function judgeWeight(target: Target, support: OperatorSupport, node: NodeView, channelAxis: number, encoding: AffineEncoding): Verdict {
  if (encoding.block !== undefined) return no(`${node.op} has no integer kernel for weights with one scale per block on ${target.name}`);
  if (encoding.axis !== undefined && !support.perChannelWeights) return no(`weights of ${node.op} need one scale per tensor on ${target.name}`);
  if (encoding.axis !== undefined && encoding.axis !== channelAxis) {
    return no(`weights of ${node.op} ${node.name} have their output channels on axis ${channelAxis}, the encoding on axis ${encoding.axis}`);
  }
  const widest = support.weightBits?.[encoding.dtype];
  if (widest !== undefined && (encoding.bits ?? Number.POSITIVE_INFINITY) > widest) {
    return no(`${encoding.dtype} weights wider than ${widest} bits overflow inside ${node.op} on ${target.name}`);
  }
  return judgeType(target, node, "weights", support.weights, encoding.dtype);
}

function judgeType(target: Target, node: NodeView, what: string, allowed: readonly IntegerDtype[], dtype: IntegerDtype): Verdict {
  return allowed.includes(dtype)
    ? yes
    : no(`${node.op} has no integer kernel for ${dtype} ${what} on ${target.name}, only for ${allowed.join(", ") || "none"}`);
}

function no(reason: string): Verdict {
  return { ok: false, reason };
}
