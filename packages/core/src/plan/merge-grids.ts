/**
 * A tensor that an integer kernel stores, and that only products read, all on one grid of full width, is stored on that grid: rounding it
 * twice would buy nothing, and runtimes that merge the two pairs on their own get the biases behind them wrong. Not where the stored grid stands in for a Relu or
 * Clip that the other one would not.
 */
import { clippingOf } from "../placement/absorb.ts";
import type { AffineEncoding, GraphView, OperandPlan, Placement, Target } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { gridClips } from "./grid-clips.ts";
import { answersOnGrid, operandOf, type Reading } from "./reads.ts";

export function mergeGrids<Plan extends Reading>(graph: GraphView, placement: Placement, plan: Plan, target: Target): Plan {
  const alone = new Set(placement.activations.flatMap((site) => (site.tensors.length === 1 ? site.tensors : [])));
  const encodings = new Map<string, AffineEncoding>(Object.entries(plan.encodings));
  const operands = new Map<string, OperandPlan>(Object.entries(plan.operands ?? {}));
  for (const [tensor, { encoding, rescaling }] of operands) {
    const value = graph.value(tensor);
    if (!value?.producer || !alone.has(tensor) || !entryOf(plan.encodings, tensor) || rescaling || !fillsContainer(encoding)) continue;
    const isOnlyOperand = !value.isOutput && value.consumers.every((use) => operandOf(use, plan));
    if (entryOf(plan.nodes, value.producer.name)?.mode === "absorbed" && clippingOf(value.producer) && !gridClips(value.producer, encoding)) continue;
    if (!isOnlyOperand || !answersOnGrid(value, plan, target) || !target.supports(value.producer, tensor, encoding).ok) continue;
    encodings.set(tensor, encoding);
    operands.delete(tensor);
  }
  return { ...plan, encodings: Object.fromEntries(encodings), operands: Object.fromEntries(operands) };
}

function fillsContainer(encoding: OperandPlan["encoding"]): encoding is AffineEncoding {
  return encoding.kind === "affine" && encoding.bits === undefined && encoding.axis === undefined;
}
