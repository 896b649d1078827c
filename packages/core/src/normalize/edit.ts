import type { Attribute, Constant, Node, Value } from "../ir/index.ts";

/** Turns a node into another operator; its name and its outputs stay. */
export function become(node: Node, op: string, inputs: readonly (Value | undefined)[], attributes: Readonly<Record<string, Attribute>>): void {
  for (const name of [...node.attributes.keys()]) node.setAttribute(name, undefined);
  node.op = op;
  node.setInputs(inputs);
  for (const [name, attribute] of Object.entries(attributes)) node.setAttribute(name, attribute);
}

/** Removes those of the nodes that nothing reads any more, and what only they read among them. */
export function removeDeadNodes(nodes: Iterable<Node>): void {
  const left = new Set(nodes);
  for (let removed = true; removed; ) {
    removed = false;
    for (const node of left) {
      if (!isDead(node)) continue;
      node.graph.removeNode(node);
      left.delete(node);
      removed = true;
    }
  }
}

function isDead(node: Node): boolean {
  return node.outputs.every((output) => !output || (output.consumers.length === 0 && !output.isOutput));
}

/** `node` produces `output` in place of its own first output; the previous producer of `output` goes. */
export function takeOver(node: Node, output: Value): void {
  const { graph } = node;
  const own = node.outputs[0]!;
  const previous = output.producer!;
  graph.setProducer(undefined, previous, previous.outputs.indexOf(output));
  graph.removeNode(previous);
  graph.setProducer(output, node, 0);
  graph.removeValue(own);
}

/** Gives `value` a constant in the place of the node that computed it. */
export function makeConstant(value: Value, content: Constant): void {
  const producer = value.producer!;
  value.graph.setProducer(undefined, producer, producer.outputs.indexOf(value));
  value.content = content;
  if (isDead(producer)) value.graph.removeNode(producer);
}
