import type { Node, Value } from "../../ir/index.ts";
import { scalarOf } from "../constant-numbers.ts";
import { expand, isPolynomial, type Polynomial } from "./polynomial.ts";
import { isOp } from "./walk.ts";

/** The bounded function at the heart of an activation: output = gain * function(slope * argument + offset). */
export interface Squash {
  readonly function: "erf" | "tanh" | "sigmoid" | "tanh-softplus" | "clamp";
  readonly argument: Value;
  readonly output: Value;
  readonly nodes: readonly Node[];
  readonly slope: number;
  readonly offset: number;
  readonly gain: number;
}

const plain = { slope: 1, offset: 0, gain: 1 };

/** `clamp` limits to [0, 1]; Clip to [0, 6] is six times a clamp of a sixth. */
export function squashAt(node: Node): Squash | undefined {
  const [argument, output] = [node.inputs[0], node.outputs[0]];
  if (!argument || !output || node.domain !== "") return undefined;
  const own = { argument, output, nodes: [node], ...plain };
  switch (node.op) {
    case "Erf":
      return { ...own, function: "erf" };
    case "Sigmoid":
      return { ...own, function: "sigmoid" };
    case "Tanh":
      return tanhAt(node, argument, output);
    case "HardSigmoid":
      return { ...own, function: "clamp", slope: node.float("alpha", 0.2), offset: node.float("beta", 0.5) };
    case "Clip":
    case "Min":
    case "Max":
      return clampAt(node, output);
    default:
      return undefined;
  }
}

function tanhAt(node: Node, argument: Value, output: Value): Squash {
  const softplus = softplusBelow(argument);
  return softplus
    ? { function: "tanh-softplus", argument: softplus.argument, output, nodes: [node, ...softplus.nodes], ...plain }
    : { function: "tanh", argument, output, nodes: [node], ...plain };
}

/** Softplus, or Log(Exp(x) + 1). */
function softplusBelow(value: Value): { readonly argument: Value; readonly nodes: readonly Node[] } | undefined {
  const top = value.producer;
  if (top?.op === "Softplus") return { argument: top.inputs[0]!, nodes: [top] };
  const sum = isOp(top, "Log") ? top.inputs[0]! : undefined;
  const exponential = sum?.producer?.inputs.find((input) => isOp(input?.producer, "Exp"));
  const expansion = sum && exponential && expand(sum, { e: exponential });
  if (!expansion || !isPolynomial(expansion.polynomial, { "": 1, e: 1 })) return undefined;
  return { argument: exponential.producer!.inputs[0]!, nodes: [top!, ...expansion.nodes, exponential.producer!] };
}

function clampAt(node: Node, output: Value): Squash | undefined {
  const clamp = isOp(node, "Clip") ? clip(node) : minimumOfMaximum(node);
  if (clamp?.low !== 0 || !(clamp.high > 0)) return undefined;
  return { function: "clamp", argument: clamp.argument, output, nodes: clamp.nodes, slope: 1 / clamp.high, offset: 0, gain: clamp.high };
}

interface Clamp {
  readonly argument: Value;
  readonly low: number | undefined;
  readonly high: number;
  readonly nodes: readonly Node[];
}

function clip(node: Node): Clamp | undefined {
  const high = scalarOf(node.inputs[2]);
  return high === undefined ? undefined : { argument: node.inputs[0]!, low: scalarOf(node.inputs[1]), high, nodes: [node] };
}

/** Min(Max(x, low), high), Max(Min(x, high), low), Min(Relu(x), high). */
function minimumOfMaximum(node: Node): Clamp | undefined {
  const outer = limitAt(node);
  const innerNode = outer?.argument.producer;
  const inner = isOp(innerNode, "Relu") ? { op: "Max", argument: innerNode.inputs[0]!, limit: 0 } : innerNode && limitAt(innerNode);
  if (!outer || !inner || outer.op === inner.op) return undefined;
  const [low, high] = outer.op === "Min" ? [inner.limit, outer.limit] : [outer.limit, inner.limit];
  return { argument: inner.argument, low, high, nodes: [node, innerNode!] };
}

function limitAt(node: Node): { readonly op: string; readonly argument: Value; readonly limit: number } | undefined {
  if (!isOp(node, "Min", "Max") || node.inputs.length !== 2) return undefined;
  const index = node.inputs.findIndex((input) => scalarOf(input) !== undefined);
  const argument = node.inputs[1 - index];
  return index < 0 || !argument ? undefined : { op: node.op, argument, limit: scalarOf(node.inputs[index])! };
}

/** The argument of the bare function, its slope and offset applied. */
export function normalizedArgument({ slope, offset }: Squash, argument: Polynomial): Polynomial {
  const scaled = Object.entries(argument).map(([key, coefficient]) => [key, coefficient * slope] as const);
  const constant = (argument[""] ?? 0) * slope + offset;
  return Object.fromEntries([...scaled.filter(([key]) => key !== ""), ...(constant === 0 ? [] : [["", constant] as const])]);
}
