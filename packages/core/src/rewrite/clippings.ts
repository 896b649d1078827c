import type { Graph, Node, Value } from "../ir/index.ts";
import { answersOnGrid, entryOf, gridClips, operandOf, readsStored } from "../plan/index.ts";
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
