import type { Node } from "../ir/index.ts";
import type { Verdict } from "../spec/index.ts";
import { accepted, refused } from "./rule.ts";

/** May `node` be removed so that whoever read its first output reads one of its inputs, the first by default? Graph outputs keep their names. */
export function checkBypass(node: Node, from = 0): Verdict {
  const [input, output] = [node.inputs[from], node.outputs[0]];
  if (!input || !output) return refused("it lacks an input or an output");
  const extra = node.outputs.find((other, index) => index > 0 && other && (other.consumers.length > 0 || other.isOutput));
  if (extra) return refused(`its second output ${extra.name} is read`);
  if (!output.isOutput) return accepted;
  if (input.graph !== node.graph) return refused(`it hands ${input.name} of an enclosing graph out as ${output.name}`);
  if (!input.producer) return refused(`it hands the ${input.content ? "initializer" : "input"} ${input.name} out as ${output.name}`);
  return input.isOutput ? refused(`it gives the graph output ${input.name} a second name, ${output.name}`) : accepted;
}

export function bypass(node: Node, from = 0): void {
  const { graph } = node;
  const [input, output] = [node.inputs[from]!, node.outputs[0]!];
  if (!output.isOutput) {
    output.replaceUses(input);
    graph.removeNode(node);
    return;
  }
  const producer = input.producer!;
  const index = producer.outputs.indexOf(input);
  graph.setProducer(undefined, node, 0);
  graph.removeNode(node);
  graph.setProducer(output, producer, index);
  input.replaceUses(output);
  output.dtype ??= input.dtype;
  output.shape ??= input.shape;
  graph.removeValue(input);
}
