import { constantFromTensor, type Graph, type Node, type Value } from "../../ir/index.ts";
import type { Tensor } from "../../spec/index.ts";
import { makeConstant } from "../edit.ts";
import { type KnownIntegers, type KnownIntegersOf, shapeArithmetic } from "./known-integers.ts";

/**
 * Makes constants of what is computed from static dimensions, and of the target of a Reshape where sizes of the input
 * and one unknown can stand for the rest. Answers how many values became constant.
 */
export function foldShapes(graph: Graph): number {
  const knownOf = shapeArithmetic();
  let folded = 0;
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output && foldValue(output, knownOf)) folded++;
    if (graph.node(node.name) === node && foldTarget(node, knownOf)) folded++;
  }
  return folded;
}

function foldValue(value: Value, knownOf: KnownIntegersOf): boolean {
  const known = knownOf(value);
  const tensor = known && !value.isOutput && value.consumers.length > 0 ? tensorOf(value, known) : undefined;
  if (tensor) makeConstant(value, constantFromTensor(tensor));
  return tensor !== undefined;
}

function tensorOf(value: Value, { elements, isScalar }: KnownIntegers): Tensor | undefined {
  if (!elements.every((element) => typeof element === "number")) return undefined;
  const shape = isScalar ? [] : [elements.length];
  if (value.dtype === "int64") return { dtype: "int64", shape, data: BigInt64Array.from(elements, BigInt) };
  return value.dtype === "int32" ? { dtype: "int32", shape, data: Int32Array.from(elements) } : undefined;
}

/** In a Reshape's target, 0 copies the input's size along the same axis and -1 takes what is left. */
function foldTarget(node: Node, knownOf: KnownIntegersOf): boolean {
  const [input, target] = node.inputs;
  if (node.op !== "Reshape" || node.domain !== "" || node.int("allowzero", 0) !== 0 || !input || !target || target.content) return false;
  const sizes = knownOf(target)?.elements.map((element, axis) => (isSizeOf(element, input, axis) ? 0 : typeof element === "number" ? element : -1));
  if (!sizes || sizes.filter((size) => size === -1).length > 1) return false;
  const data = BigInt64Array.from(sizes, BigInt);
  node.setInput(1, node.graph.addConstant(`${target.name}_static`, { dtype: "int64", shape: [data.length], data }));
  return true;
}

/** A symbol means the same size wherever it stands. */
function isSizeOf(element: KnownIntegers["elements"][number], input: Value, axis: number): boolean {
  if (typeof element !== "object") return false;
  const symbol = element.value.shape?.[element.axis];
  return (element.value === input && element.axis === axis) || (symbol !== "" && symbol === input.shape?.[axis]);
}
