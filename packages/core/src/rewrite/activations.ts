import type { Graph, Node, Use, Value } from "../ir/index.ts";
import { dataInputs, supportOf } from "../placement/roles.ts";
import { staysOnGrid } from "../plan/index.ts";
import type { QuantPlan, Target } from "../spec/index.ts";
import type { EncodingConstants } from "./encoding-constants.ts";
import { addQuantizePair } from "./lowering/index.ts";

/**
 * Puts QuantizeLinear and DequantizeLinear behind every encoded activation. Integer readers read the dequantized side.
 * Float readers do too where the producer is an integer kernel, for its float output would exist only for them.
 */
export function quantizeActivations(graph: Graph, plan: QuantPlan, target: Target, constants: EncodingConstants): void {
  for (const [name, encoding] of Object.entries(plan.encodings)) {
    const value = graph.value(name);
    if (!value || value.content) continue;
    const fromInteger = isIntegerOutput(value, plan, target);
    const readers = value.consumers.filter((use) => fromInteger || readsIntegers(use, plan, target));
    const asOutput = fromInteger && value.isOutput;
    if (readers.length === 0 && !asOutput) continue;
    const dequantized = addQuantizePair(graph, value, encoding, constants);
    for (const use of readers) use.node.setInput(use.input, dequantized);
    if (asOutput) moveOutput(graph, value, dequantized);
  }
}

function readsIntegers(use: Use, plan: QuantPlan, target: Target): boolean {
  if (use.node.graph.parent || !staysOnGrid(plan.nodes[use.node.name])) return false;
  const support = supportOf(target, use.node);
  return support !== undefined && dataInputs(use.node, support).includes(use.node.inputs[use.input]!);
}

/** False for a kernel that answers in float because some reader wants float. */
function isIntegerOutput(value: Value, plan: QuantPlan, target: Target): boolean {
  const producer = value.producer;
  const mode = producer && plan.nodes[producer.name]?.mode;
  if (mode === undefined || mode === "float") return false;
  const support = supportOf(target, computing(producer!, plan));
  return !support?.floatOutput || (!value.isOutput && value.consumers.every((use) => readsIntegers(use, plan, target)));
}

/** The node whose kernel produces what an absorbed node seems to. */
function computing(node: Node, plan: QuantPlan): Node {
  if (plan.nodes[node.name]?.mode !== "absorbed") return node;
  const producer = node.inputs.find((value) => value?.producer)?.producer;
  return producer ? computing(producer, plan) : node;
}

/** The graph's output keeps its name: the dequantized value takes it over. */
function moveOutput(graph: Graph, value: Value, dequantized: Value): void {
  const name = value.name;
  const index = graph.outputs.indexOf(value);
  graph.setOutput(index, dequantized);
  graph.rename(value, graph.freshName(`${name}_computed`));
  graph.rename(dequantized, name);
}
