/**
 * Whether NaN went through the model. Sums and every arithmetic operator of ONNX Runtime pass NaN on, extremes and max
 * pooling may lose it, so sums of the model's outputs and of everything that is about to be pooled see any NaN that
 * matters, at the price of a few small reductions.
 */
import { int, type Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

const losesNaN = new Set(["MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin", "TopK", "ArgMax", "ArgMin"]);

export function notANumberInGraph(nodes: ObservingNodes, values: readonly Value[]) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const sums = values.map((value) => {
    const source = isBlocked(value) ? nodes.add("GlobalAveragePool", [value]) : value;
    return nodes.add("ReduceSum", [source], { keepdims: int(0) });
  });
  const sum = sums.length > 0 ? nodes.output(nodes.add("Sum", sums)) : undefined;
  return {
    outputs: sum ? [sum] : [],
    seen: (outputs: Tensors): boolean => sum !== undefined && Number.isNaN(Number(outputs[sum.name]!.data[0])),
  };
}

/** Where NaN ends up in the nodes of the model itself: its outputs, and what is read by an operator that loses it. */
export function watchedValues(graph: ObservingNodes["graph"]): readonly Value[] {
  const pooled = graph.nodes.flatMap((node) => (losesNaN.has(node.op) && node.inputs[0] ? [node.inputs[0]] : []));
  return [...new Set([...graph.outputs, ...pooled])].filter((value) => value.dtype === "float32" && !value.content);
}
