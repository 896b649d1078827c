import type { Node, Value } from "../../ir/index.ts";

/** Operators whose output is constant, or a step, in their inputs: their gradient is zero. */
const flat = new Set(
  "Shape Size ArgMax ArgMin Equal Greater GreaterOrEqual Less LessOrEqual And Or Not Xor IsNaN IsInf NonZero Sign ConstantOfShape Range OneHot EyeLike RandomNormalLike RandomUniformLike".split(
    " ",
  ),
);

/** ONNX's numbers of the types that have a gradient: float32, float16, float64, bfloat16. */
const floatTypes = new Set([1, 10, 11, 16]);

const isFlat = (node: Node): boolean => node.domain === "" && (flat.has(node.op) || (node.op === "Cast" && !floatTypes.has(node.int("to", 1))));

/** The sources, and everything that changes smoothly with them. `nodes` are in topological order. */
export function activeValues(nodes: readonly Node[], sources: readonly Value[]): ReadonlySet<Value> {
  const active = new Set(sources);
  for (const node of nodes) {
    if (isFlat(node) || !valuesReadBy(node).some((value) => active.has(value))) continue;
    for (const output of node.outputs) if (output) active.add(output);
  }
  return active;
}

/** Inputs, and what the subgraphs of the node read. */
export function valuesReadBy(node: Node): readonly Value[] {
  const inner = node.subgraphs.flatMap((graph) => graph.unordered.flatMap(valuesReadBy));
  return [...node.inputs.flatMap((input) => input ?? []), ...inner];
}
