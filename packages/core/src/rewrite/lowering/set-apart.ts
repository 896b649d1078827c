import type { Graph, Use, Value } from "../../ir/index.ts";
import { addLike } from "./add-like.ts";

/** The same numbers behind an operator that no optimizer removes, where one would take `value` for a part of a kernel. */
export function setApart(graph: Graph, like: Value, suffix: string, value: Value): Value {
  const lowest = graph.addConstant("lowest", { dtype: "float32", shape: [], data: Float32Array.of(-(2 - 2 ** -23) * 2 ** 127) });
  return addLike(graph, like, suffix, "Max", [value, lowest]);
}

/**
 * Products that read a float operand beside a weight with Q/DQ: ONNX Runtime makes MatMulNBits of the weight and the product, which rounds the operand once
 * more, to 8 bits that nobody chose.
 */
export function setWeightsApart(graph: Graph, readers: readonly Use[]): void {
  for (const { node, input } of readers) {
    if (node.op !== "MatMul" && node.op !== "Gemm") continue;
    const weight = node.inputs[1 - input];
    if (weight?.producer?.op === "DequantizeLinear" && weight.producer.inputs[0]?.content) node.setInput(1 - input, setApart(graph, weight, "apart", weight));
  }
}
