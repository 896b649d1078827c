/**
 * Rescaled operands: the readers are changed so that they undo the rescaling, and the rescaling itself goes into what is in front
 * of the tensor where that is possible. What is left of it is computed where the operand is put on its grid.
 */
import { constantFromTensor, type Graph, type Node, type Use, type Value } from "../ir/index.ts";
import { absorbedBias } from "../placement/absorb.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { answersOnGrid, biasOfShift, checkRescaling, computesOnGrid, entryOf, operandOf, rescaleWeight } from "../plan/index.ts";
import { type AffineEncoding, type OperandPlan, QuantError, type QuantPlan, type Rescaling, type Target } from "../spec/index.ts";
import { innerDimensions } from "./channel-constant.ts";
import { foldRescaling } from "./fold-rescaling.ts";
import { removeUnread } from "./weights.ts";

/**
 * Answers with the plan of the changed graph: without the rescalings that were folded, with the biases that were added.
 *
 * @throws `invalid-config` naming the operand whose readers cannot undo its rescaling.
 */
export function rescaleOperands(graph: Graph, plan: QuantPlan, target: Target): QuantPlan {
  const rescaled = Object.entries(plan.operands ?? {}).filter(([, { rescaling }]) => rescaling);
  if (rescaled.length === 0) return plan;
  const operands = new Map<string, OperandPlan>(Object.entries(plan.operands ?? {}));
  const encodings = new Map<string, AffineEncoding>(Object.entries(plan.encodings));
  const nodes = new Map(Object.entries(plan.nodes));
  const weights = new Set<Value>();
  for (const [tensor, { encoding, rescaling }] of rescaled) {
    const value = graph.value(tensor);
    const readers = value?.consumers.filter((use) => operandOf(use, plan)) ?? [];
    if (!value || readers.length === 0) continue;
    for (const { node } of readers) checkRescaling(node, tensor, rescaling!);
    for (const weight of new Set(readers.map(({ node }) => node.inputs[1]!))) {
      if (weights.has(weight) || !isOnlyReadBy(weight, readers, plan)) refuseShared(tensor, weight);
      weights.add(weight);
      replaceWeight(graph, weight, readers, rescaling!);
    }
    for (const { node } of readers) {
      const added = shiftBias(graph, node, rescaling!);
      if (added) nodes.set(added, { mode: "absorbed" });
    }
    const isFree = !value.isOutput && value.consumers.length === readers.length && !(entryOf(plan.encodings, tensor) && answersOnGrid(value, plan, target));
    if (isFree && foldRescaling(graph, value, { ...rescaling!, inner: innerDimensions(readers[0]!) }, plan.nodes, encodings))
      operands.set(tensor, { encoding });
  }
  return { ...plan, encodings: Object.fromEntries(encodings), operands: Object.fromEntries(operands), nodes: Object.fromEntries(nodes) };
}

/** The weight's codes belong to one rescaling: products that read something else cannot share it. */
function isOnlyReadBy(weight: Value, readers: readonly Use[], plan: QuantPlan): boolean {
  const nodes = new Set(readers.map(({ node }) => node));
  return weight.consumers.every(
    ({ node, input }) => nodes.has(node) || !computesOnGrid(entryOf(plan.nodes, node.name)) || weightLayoutOf(node)?.input !== input,
  );
}

function refuseShared(tensor: string, weight: Value): never {
  const field = `operands.${tensor}.rescaling`;
  throw new QuantError("invalid-config", `Plan field ${field}: other products multiply with ${weight.name} too, but read another tensor.`, {
    details: { field, tensor: weight.name },
  });
}

/** The name stays with the weight the plan encodes; who reads it in float keeps the values it had. */
function replaceWeight(graph: Graph, weight: Value, readers: readonly Use[], rescaling: Rescaling): void {
  const nodes = new Set(readers.map(({ node }) => node));
  const others = weight.consumers.filter(({ node, input }) => !nodes.has(node) || weightLayoutOf(node)?.input !== input);
  if (others.length > 0 || weight.isOutput) {
    const original = graph.addConstant(weight.name, weight.content!);
    for (const use of others) use.node.setInput(use.input, original);
    if (weight.isOutput) graph.outputs.forEach((output, index) => void (output === weight && graph.setOutput(index, original)));
  }
  if (weight.isInput) graph.removeInput(weight);
  weight.content = constantFromTensor(rescaleWeight(readers[0]!.node, weight.content!.tensor(), rescaling));
}

/** Adds W' * shift to the bias, or makes one. Answers the name of an Add that had to be put behind a MatMul. */
function shiftBias(graph: Graph, node: Node, rescaling: Rescaling): string | undefined {
  const sums = biasOfShift(node, node.inputs[1]!.content!.tensor(), rescaling);
  if (!sums) return undefined;
  const { biasInput } = weightLayoutOf(node)!;
  if (biasInput !== undefined) {
    setBias(graph, node, biasInput, sums);
    return undefined;
  }
  const existing = absorbedBias(node) as Node | undefined;
  if (existing) {
    setBias(
      graph,
      existing,
      existing.inputs.findIndex((value) => value?.content),
      sums,
    );
    return undefined;
  }
  const output = node.outputs[0]!;
  const product = graph.addValue(graph.freshName(`${node.name}_product`));
  product.dtype = output.dtype;
  product.shape = output.shape;
  graph.setProducer(product, node, 0);
  const bias = graph.addConstant(`${node.name}_bias`, { dtype: "float32", shape: [sums.length], data: Float32Array.from(sums) });
  return graph.addNode("Add", [product, bias], { name: `${node.name}_bias`, outputs: [output.name] }).name;
}

function setBias(graph: Graph, node: Node, input: number, sums: Float64Array): void {
  const bias = node.inputs[input];
  const values = bias?.content?.tensor().data as Float32Array | undefined;
  const data = Float32Array.from(sums, (sum, channel) => sum + Number(values?.[channel] ?? 0));
  node.setInput(input, graph.addConstant(bias?.name ?? `${node.name}_bias`, { dtype: "float32", shape: [data.length], data }));
  if (bias) removeUnread(graph, bias);
}
