import type { Graph, Use, Value } from "../ir/index.ts";
import { gridInputs } from "../placement/full-scope.ts";
import { supportOf, weightLayoutOf } from "../placement/roles.ts";
import { answersOnGrid, entryOf, operandOf, readsStored } from "../plan/index.ts";
import type { Encoding, QuantPlan, Target } from "../spec/index.ts";
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
  const encodings = withMovedCodes(graph, plan, target);
  for (const name of new Set([...Object.keys(plan.encodings), ...Object.keys(plan.operands ?? {})])) {
    const value = graph.value(name);
    if (!value || value.content) continue;
    const operand = entryOf(plan.operands, name);
    const products = value.consumers.filter((use) => operandOf(use, plan));
    const source = store(graph, value, products, { ...plan, encodings }, target, constants);
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

/** Codes that nodes only move were clipped where they come from: the grid fills its container as far as these are concerned. */
function withMovedCodes(graph: Graph, plan: QuantPlan, target: Target): QuantPlan["encodings"] {
  const entries = Object.entries(plan.encodings).map(([name, encoding]) => {
    const producer = graph.value(name)?.producer;
    if (encoding.bits === undefined || entryOf(plan.nodes, producer?.name)?.mode !== "pass-through") return [name, encoding] as const;
    const { bits: _, ...whole } = encoding;
    const isSame = gridInputs(producer!, supportOf(target, producer!)).every(({ name }) => sameGrid(entryOf(plan.encodings, name), encoding));
    return [name, isSame ? whole : encoding] as const;
  });
  return Object.fromEntries(entries);
}

function sameGrid(left: Encoding | undefined, right: Encoding): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
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
