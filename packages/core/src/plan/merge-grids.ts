/**
 * What integer kernels store, and products alone read, all on one grid, is stored on that grid: rounding it twice would buy nothing, and costs most where the
 * second step is an even number of first ones, when a stored code lies on every end of a code's reach and goes to the same side all over the tensor. Runtimes that
 * merge the two pairs on their own get the biases behind them wrong. Not where the stored grid stands in for a Relu or Clip that the other one would not.
 */
import { clippingOf } from "../placement/absorb.ts";
import type { ActivationSite, AffineEncoding, GraphView, OperandPlan, Placement, Target } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { gridClips } from "./grid-clips.ts";
import { answersOnGrid, computing, operandOf, type Reading } from "./reads.ts";

export function mergeGrids<Plan extends Reading>(graph: GraphView, { activations }: Pick<Placement, "activations">, plan: Plan, target: Target): Plan {
  const encodings = new Map<string, AffineEncoding>(Object.entries(plan.encodings));
  const operands = new Map<string, OperandPlan>(Object.entries(plan.operands ?? {}));
  for (const site of activations) {
    const stored = entryOf(plan.encodings, site.key);
    const isStored = stored?.axis === undefined && site.tensors.some((tensor) => answersOnGrid(graph.value(tensor)!, plan, target));
    const read = isStored ? gridOfReaders(graph, site, plan) : undefined;
    if (!stored || !read || site.tensors.some((tensor) => !canStore(graph, tensor, read, plan, target))) continue;
    for (const tensor of site.tensors) {
      encodings.set(tensor, read);
      operands.delete(tensor);
    }
  }
  return { ...plan, encodings: Object.fromEntries(encodings), operands: Object.fromEntries(operands) };
}

/** Undefined where anything but products reads the site, or on several grids. */
function gridOfReaders(graph: GraphView, { tensors }: ActivationSite, plan: Reading): AffineEncoding | undefined {
  const grids = new Map<string, AffineEncoding>();
  for (const tensor of tensors) {
    const value = graph.value(tensor)!;
    if (value.isOutput) return undefined;
    for (const use of value.consumers) {
      const operand = operandOf(use, plan);
      const isMoved =
        entryOf(plan.nodes, use.node.name)?.mode === "pass-through" && use.node.outputs.every((output) => !output || tensors.includes(output.name));
      if (operand ? operand.rescaling || operand.encoding.kind !== "affine" || operand.encoding.axis !== undefined : !isMoved) return undefined;
      if (operand) grids.set(JSON.stringify(operand.encoding), operand.encoding as AffineEncoding);
    }
  }
  return grids.size === 1 ? grids.values().next().value : undefined;
}

function canStore(graph: GraphView, tensor: string, encoding: AffineEncoding, plan: Reading, target: Target): boolean {
  const { producer } = graph.value(tensor)!;
  const mode = entryOf(plan.nodes, producer?.name)?.mode;
  if (!producer || mode === undefined || mode === "float") return true;
  if (mode === "absorbed" && clippingOf(producer) && !gridClips(producer, encoding)) return false;
  const kernel = computing(producer, plan);
  return target.supports(kernel, kernel === producer ? tensor : kernel.outputs[0]!.name, encoding).ok;
}
