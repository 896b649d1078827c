/**
 * Reverse-mode differentiation over the graph: for each node between the tensors asked for and the loss, in reverse order, its rule emits the
 * vector-Jacobian product as ONNX nodes. The gradient graph runs wherever the model runs.
 */
import { cloneModel, type Graph, type Model, type Node, opsetOf, pruneDead, type Value } from "../../ir/index.ts";
import { workingOpset } from "../../normalize/index.ts";
import { QuantError } from "../../spec/index.ts";
import { activeValues, valuesReadBy } from "./active.ts";
import { completeShapes } from "./dimensions.ts";
import { type Emission, gradientBuilder } from "./emit.ts";
import { type GradientLoss, lossSeed } from "./loss.ts";
import type { GradientBuilder, GradientRule } from "./rule.ts";
import { gradientRules } from "./rules/index.ts";
import { zerosLike } from "./rules/sizes.ts";

export interface GradientModelOptions {
  readonly loss: GradientLoss;
  /** Activations of the main graph, graph inputs included. */
  readonly wrt: readonly string[];
}

/** The input of a gradient model that the loss compares with. */
export const targetName = "target";

export const gradientNameOf = (tensor: string): string => `${tensor}_gradient`;

/**
 * A new model with the inputs of `model` and `target`, which has the shape of the loss's tensor. Its outputs are the
 * gradients of the loss with respect to `wrt`, in that order, each named `${tensor}_gradient` and of the shape of its
 * tensor; zeros where the loss does not depend on the tensor.
 *
 * Rounding is straight-through: QuantizeLinear passes the gradient on as it is, saturated or not, and a tensor in its
 * integer form has the gradient of the number it stands for.
 *
 * @throws `unsupported-op` for an operator between `wrt` and the loss that has no rule, `invalid-config` when a named
 * tensor is no float32 activation, `unsupported-opset` for a model that is not normalized.
 */
export function buildGradientModel(model: Model, { loss, wrt }: GradientModelOptions): Model {
  if (opsetOf(model) !== workingOpset) {
    throw new QuantError("unsupported-opset", `Gradients are built for operator set ${workingOpset}, the model uses ${opsetOf(model)}: normalize it first.`);
  }
  const result = cloneModel(model);
  const { graph } = result;
  completeShapes(graph);
  const sources = wrt.map((name) => activationOf(graph, name, "wrt"));
  while (graph.outputs.length > 0) graph.removeOutput(graph.outputs.length - 1);
  const gradients = differentiate(graph, loss, sources);
  for (const [index, source] of sources.entries()) answerWith(graph, source, gradients[index]!);
  pruneDead(graph);
  return result;
}

function activationOf(graph: Graph, name: string, field: string): Value {
  const value = graph.value(name);
  if (value && !value.content) return value;
  throw new QuantError("invalid-config", `${name} is ${value ? "a constant" : "no tensor"} of the graph; a gradient needs an activation.`, {
    details: { field, tensor: name },
  });
}

/** The gradient of the loss for each source. */
function differentiate(graph: Graph, loss: GradientLoss, sources: readonly Value[]): readonly Value[] {
  const nodes = graph.nodes;
  const tensor = activationOf(graph, loss.tensor, "loss");
  const emission: Emission = { graph, active: activeValues(nodes, sources), constants: new Map(), sizes: new Map() };
  const atLoss = gradientBuilder(emission, { name: "loss", op: loss.kind });
  /** What each reader adds to the gradient of a value; one part once they are summed. */
  const parts = new Map<Value, readonly Value[]>([[tensor, [lossSeed(loss, tensor, addTarget(graph, tensor), atLoss)]]]);
  for (const node of [...nodes].reverse()) {
    const builder = gradientBuilder(emission, node);
    if (!valuesReadBy(node).some((value) => emission.active.has(value))) continue;
    const gradients = node.outputs.map((output) => output && totalOf(parts, output, builder));
    if (gradients.every((gradient) => !gradient)) continue;
    const ofInputs = ruleOf(node, builder)(node, gradients, builder);
    node.inputs.forEach((input, index) => {
      const gradient = ofInputs[index];
      if (input && gradient && emission.active.has(input)) parts.set(input, [...(parts.get(input) ?? []), gradient]);
    });
  }
  return sources.map((source) => totalOf(parts, source, atLoss) ?? zerosLike(atLoss, source));
}

function addTarget(graph: Graph, tensor: Value): Value {
  makeRoom(graph, targetName);
  return graph.addInput(targetName, "float32", tensor.shape);
}

function totalOf(parts: Map<Value, readonly Value[]>, value: Value, builder: GradientBuilder): Value | undefined {
  const addends = parts.get(value);
  if (!addends || addends.length === 1) return addends?.[0];
  const total = builder.op("Sum", addends);
  parts.set(value, [total]);
  return total;
}

function ruleOf(node: Node, builder: GradientBuilder): GradientRule {
  const rule = node.domain === "" ? gradientRules.get(node.op) : undefined;
  if (!rule) return builder.refuse("there is no rule for this operator");
  const dtype = node.outputs[0]?.dtype;
  if (node.op !== "Cast" && (dtype === "float16" || dtype === "bfloat16" || dtype === "float64"))
    builder.refuse(`it computes in ${dtype}, and rules in float32`);
  return rule;
}

function answerWith(graph: Graph, source: Value, gradient: Value): void {
  const name = gradientNameOf(source.name);
  makeRoom(graph, name);
  const output = graph.addNode("Identity", [gradient], { name, outputs: [name] }).outputs[0]!;
  output.dtype = "float32";
  output.shape = source.shape;
  graph.addOutput(output);
}

/** Takes a name from an inner value; names of inputs, and of outputs given already, are the caller's. */
function makeRoom(graph: Graph, name: string): void {
  const taken = graph.value(name);
  if (taken?.isInput || taken?.isOutput) {
    throw new QuantError("invalid-config", `The gradient model needs the name ${name}, which the model uses or wrt asks for twice.`, {
      details: { field: "wrt", tensor: name },
    });
  }
  if (taken) graph.rename(taken, graph.freshName(name));
}
