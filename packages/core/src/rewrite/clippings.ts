import type { Graph, Node } from "../ir/index.ts";
import { codeRange } from "../numerics/index.ts";
import { clippingOf } from "../placement/absorb.ts";
import type { AffineEncoding, QuantPlan } from "../spec/index.ts";

/** Removes every Relu and Clip the plan calls absorbed whose output grid ends where the operator clips. */
export function removeAbsorbedClippings(graph: Graph, plan: QuantPlan): void {
  for (const node of graph.nodes) {
    const encoding = plan.encodings[node.outputs[0]?.name ?? ""];
    if (plan.nodes[node.name]?.mode === "absorbed" && encoding && gridClips(node, encoding)) bypass(graph, node);
  }
}

/** Half a step of slack: the outermost code may stand for a value that the operator would move by less than rounding does. */
function gridClips(node: Node, encoding: AffineEncoding): boolean {
  const clipping = clippingOf(node);
  if (!clipping || encoding.scale.length !== 1) return false;
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
