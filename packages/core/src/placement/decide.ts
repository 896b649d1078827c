/**
 * Which nodes compute on integers.
 *
 * Nodes with weights are integer wherever the target has a kernel. Elementwise nodes and those that only move data pay
 * off only inside a chain of integer nodes: they start as candidates and are struck out until nothing changes, so a
 * residual Add between convolutions is integer, and one that feeds a LayerNorm is not.
 */
import type { GraphView, NodeDecision, NodeView, OperatorSupport, QuantConfig, Target, ValueView } from "../spec/index.ts";
import { absorbedBias, isAbsorbable } from "./absorb.ts";
import { isExcluded } from "./config.ts";
import { decideInFull } from "./full-scope.ts";
import { dataInputs, dataOperands, onlyReader, readersOf, refusalOf, supportOf, weightLayoutOf } from "./roles.ts";

/** Elementwise operators that are made integer; Softmax and Sigmoid lose too much on 8-bit logits to gain from it. */
const integerElementwise = new Set(["Add", "Mul", "GlobalAveragePool", "AveragePool", "LeakyRelu"]);

export type Decisions = Map<NodeView, NodeDecision>;

/** `units` maps a node to the kind of unit it is part of: no Q/DQ goes inside one. */
export function decideNodes(graph: GraphView, units: ReadonlyMap<string, string>, target: Target, config: QuantConfig): Decisions {
  const decisions: Decisions = new Map();
  for (const node of graph.nodes) decisions.set(node, firstDecision(node, units, target, config));
  absorb(decisions, config);
  while (strikeOut(decisions, target, config)) absorb(decisions, config);
  return decisions;
}

function inUnit(unit: string): string {
  return `part of a ${unit} that is computed as one unit`;
}

function float(reason: string): NodeDecision {
  return { mode: "float", reason };
}

function firstDecision(node: NodeView, units: ReadonlyMap<string, string>, target: Target, config: QuantConfig): NodeDecision {
  const unit = units.get(node.name);
  if (isExcluded(config, node.name)) return float("excluded by an override");
  const support = supportOf(target, node);
  const produced = node.outputs[0]?.dtype;
  const left = (reason: string): NodeDecision => decideInFull(node, reason, unit, config);
  if (produced !== undefined && produced !== "float32") return float(unit ? inUnit(unit) : `computes ${produced}, not float32`);
  if (unit) return left(inUnit(unit));
  if (!support) return left(refusalOf(target, node));
  switch (support.role) {
    case "weighted":
      return decideWeighted(node, support, target);
    case "elementwise":
      if (!integerElementwise.has(node.op)) return left(`${node.op} stays in float for accuracy`);
      if (node.inputs.some((value) => value?.constant)) return left(`${node.op} with a constant operand`);
      return { mode: "integer" };
    case "pass-through":
      if (dataOperands(node, support).some((value) => value.constant)) return float(`${node.op} with a constant operand`);
      return { mode: "pass-through" };
    default:
      return support.role satisfies never;
  }
}

function decideWeighted(node: NodeView, support: OperatorSupport, target: Target): NodeDecision {
  const layout = weightLayoutOf(node);
  if (!layout) return float(`${node.op} has no known weight layout`);
  if (node.inputs[0]?.constant) return float(`${node.op} multiplies a constant from the left`);
  const weight = node.inputs[layout.input];
  if (!weight?.constant) return support.bothActivations ? { mode: "integer" } : float(`${node.op} of two activations has no integer kernel on ${target.name}`);
  if (weight.constant.dtype !== "float32") return float(`weights are ${weight.constant.dtype}`);
  if (weight.constant.shape.length < 2) return float("the weight is a vector");
  if (node.op === "Gemm" && ((node.attribute("alpha") ?? 1) !== 1 || (node.attribute("beta") ?? 1) !== 1 || node.attribute("transA") === 1)) {
    return float("Gemm with alpha, beta or transA");
  }
  const bias = layout.biasInput === undefined ? undefined : node.inputs[layout.biasInput];
  if (bias && !bias.constant) return float("the bias is not constant");
  return { mode: support.activations.length > 0 ? "integer" : "weights" };
}

/** Relu and Clip behind an integer node, and the bias Add behind an integer MatMul. */
function absorb(decisions: Decisions, config: QuantConfig): void {
  for (const node of decisions.keys()) {
    if (decisions.get(node)!.mode === "integer" && node.op === "MatMul") {
      const bias = absorbedBias(node);
      if (bias && !isExcluded(config, bias.name)) decisions.set(bias, { mode: "absorbed" });
    }
  }
  for (const [node, decision] of decisions) {
    const producer = node.inputs[0]?.producer;
    const producerDecision = producer && decisions.get(producer);
    const computes = producerDecision?.mode === "integer" && producer?.op !== "MatMul" && onlyReader(producer!.outputs[0]!) === node;
    if (isAbsorbable(node, config) && computes && !isExcluded(config, node.name)) decisions.set(node, { mode: "absorbed" });
    else if (decision.mode === "absorbed" && isAbsorbable(node, config)) decisions.set(node, float(`${node.op} whose producer stays in float`));
    else if (decision.mode === "absorbed" && producerDecision?.mode === "float") decisions.set(node, float("bias of a MatMul that stays in float"));
  }
}

function strikeOut(decisions: Decisions, target: Target, config: QuantConfig): boolean {
  let changed = false;
  for (const [node, decision] of decisions) {
    const support = supportOf(target, node);
    if (!support || support.role === "weighted" || (decision.mode !== "integer" && decision.mode !== "pass-through")) continue;
    if (config.scope === "full" && support.role === "elementwise") continue;
    const inputs = dataInputs(node, support);
    const fed = support.role === "elementwise" ? inputs.every(isProducedInteger) : inputs.some(isProducedInteger);
    const output = node.outputs[0];
    const read = output !== undefined && !output.isOutput && readersOf(output).length > 0 && readersOf(output).every(isInteger);
    const wanted =
      support.role === "elementwise"
        ? fed && read
        : (fed && node.outputs.some((value) => value && reachesInteger(value))) ||
          (read && node.outputs.every((value) => value && readersOf(value).every(isInteger)));
    if (wanted) continue;
    decisions.set(
      node,
      float(support.role === "elementwise" ? `${node.op} without integer neighbours on both sides` : `${node.op} moves float data between float nodes`),
    );
    changed = true;
  }
  return changed;

  function isInteger(node: NodeView): boolean {
    const mode = decisions.get(node)?.mode;
    return mode === "integer" || mode === "emulated" || mode === "pass-through" || (mode === "absorbed" && node.op !== "Add");
  }

  function isProducedInteger(value: ValueView): boolean {
    const producer = value.producer;
    if (!producer) return false;
    const mode = decisions.get(producer)?.mode;
    if (mode === "float" || mode === undefined) return false;
    // A MatMul (with its bias) can answer in float: its output is integer only where every reader is.
    return true;
  }

  function reachesInteger(value: ValueView): boolean {
    return readersOf(value).some((reader) => {
      const mode = decisions.get(reader)?.mode;
      return mode === "integer" || mode === "emulated" || (mode === "pass-through" && reader.outputs.some((output) => output && reachesInteger(output)));
    });
  }
}
