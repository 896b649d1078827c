import type { Graph, Node, Value } from "../ir/index.ts";
import { codeRange } from "../numerics/index.ts";
import { clippingOf } from "../placement/absorb.ts";
import { answersOnGrid, entryOf, operandOf, readsStored } from "../plan/index.ts";
import type { Encoding, QuantPlan, Target } from "../spec/index.ts";

/** Removes every Relu and Clip the plan calls absorbed where all who read it read a grid that ends where the operator clips. */
export function removeAbsorbedClippings(graph: Graph, plan: QuantPlan, target: Target): void {
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (output && entryOf(plan.nodes, node.name)?.mode === "absorbed" && gridsOf(output, plan, target).every((grid) => gridClips(node, grid)))
      bypass(graph, node);
  }
}

/** The grids the value is read from; undefined for a reader that sees the value itself, or what a rescaling has made of it. */
function gridsOf(value: Value, plan: QuantPlan, target: Target): readonly (Encoding | undefined)[] {
  const stored = entryOf(plan.encodings, value.name);
  if (stored && answersOnGrid(value, plan, target)) return [stored];
  const read = value.consumers.map((use) => {
    const operand = operandOf(use, plan);
    if (operand) return operand.rescaling ? undefined : operand.encoding;
    return readsStored(use, plan, target) ? stored : undefined;
  });
  return value.isOutput ? [...read, undefined] : read;
}

/** Half a step of slack: the outermost code may stand for a value that the operator would move by less than rounding does. */
function gridClips(node: Node, encoding: Encoding | undefined): boolean {
  const clipping = clippingOf(node);
  if (!clipping || encoding?.kind !== "affine" || encoding.scale.length !== 1) return false;
  const { min, max } = codeRange(encoding);
  const scale = encoding.scale[0]!;
  const real = (code: number): number => (code - encoding.zeroPoint[0]!) * scale;
  return real(min) >= clipping.min - scale / 2 && real(max) <= clipping.max + scale / 2;
}

/** The producer answers with the node's output. */
function bypass(graph: Graph, node: Node): void {
  const input = node.inputs[0]!;
  const output = node.outputs[0]!;
  const producer = input.producer;
  if (!producer || input.consumers.length !== 1 || input.isOutput) return;
  const index = producer.outputs.indexOf(input);
  node.setInputs([]);
  graph.setProducer(output, producer, index);
  graph.removeNode(node);
  graph.removeValue(input);
}
