import type { Graph, Use, Value } from "../ir/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { answersOnGrid, entryOf, operandOf, readsStored } from "../plan/index.ts";
import type { QuantPlan, Target } from "../spec/index.ts";
import type { EncodingConstants } from "./encoding-constants.ts";
import { addQuantizePair } from "./lowering/affine.ts";
import type { Operands } from "./operands.ts";

/**
 * Puts QuantizeLinear and DequantizeLinear behind every encoded activation. Integer readers read the dequantized side.
 * Float readers do too where the producer is an integer kernel, for its float output would exist only for them. Products
 * with a grid of their own, one of the plan's `operands`, read a second pair: behind the first one where there is no other
 * value to read.
 */
export function quantizeActivations(graph: Graph, plan: QuantPlan, target: Target, constants: EncodingConstants, operands: Operands | undefined): void {
  for (const name of new Set([...Object.keys(plan.encodings), ...Object.keys(plan.operands ?? {})])) {
    const value = graph.value(name);
    if (!value || value.content) continue;
    const operand = entryOf(plan.operands, name);
    const products = value.consumers.filter((use) => operandOf(use, plan));
    const source = store(graph, value, products, plan, target, constants);
    if (operand && products.length > 0) operands?.add(source, operand, products);
  }
  operands?.lower();
}

/** Answers with what `products` have to read. */
function store(graph: Graph, value: Value, products: readonly Use[], plan: QuantPlan, target: Target, constants: EncodingConstants): Value {
  const encoding = entryOf(plan.encodings, value.name);
  if (!encoding) return value;
  const fromInteger = answersOnGrid(value, plan, target);
  const readers = value.consumers.filter((use) => !products.includes(use) && (fromInteger || readsStored(use, plan, target)));
  const asOutput = fromInteger && value.isOutput;
  const isSource = fromInteger && !isComputedInFloat(value, plan);
  if (readers.length === 0 && !asOutput && !(isSource && products.length > 0)) return value;
  const dequantized = addQuantizePair(graph, value, encoding, constants);
  for (const use of readers) use.node.setInput(use.input, dequantized);
  if (asOutput) moveOutput(graph, value, dequantized);
  return isSource ? dequantized : value;
}

/** Between the grids of an emulated Softmax there is a float value, and no reason to round it twice. */
function isComputedInFloat({ producer }: Value, plan: QuantPlan): boolean {
  return entryOf(plan.nodes, producer?.name)?.mode === "emulated" && weightLayoutOf(producer!) === undefined;
}

/** The graph's output keeps its name: the dequantized value takes it over. */
function moveOutput(graph: Graph, value: Value, dequantized: Value): void {
  const name = value.name;
  const index = graph.outputs.indexOf(value);
  graph.setOutput(index, dequantized);
  graph.rename(value, graph.freshName(`${name}_computed`));
  graph.rename(dequantized, name);
}
