import { absorbedBias } from "../placement/absorb.ts";
import { computesOnGrid } from "../plan/index.ts";
import type { GraphView, Layer, NodeView, Placement, Tensor } from "../spec/index.ts";
import { isTransposable, windowReadsPadding } from "./window.ts";

/** The products of the placement that can be seen as a batched matrix product, in topological order. */
export function layersOf(graph: GraphView, placement: Placement): readonly Layer[] {
  return [...graph.nodes].flatMap((node) => (computesOnGrid(placement.nodes[node.name]) ? (layerOf(node) ?? []) : []));
}

function layerOf(node: NodeView): Layer | undefined {
  const [left, right] = node.inputs;
  const output = node.outputs[0];
  if (node.domain !== "" || !left || !right || !output || left.constant) return undefined;
  const weight = right.constant;
  const common = { node: node.name, output: output.name, groups: 1, padded: false };
  const weighted = { ...common, operands: [left.name], weight: right.name };
  switch (node.op) {
    case "Conv":
      return weight && { ...weighted, kind: "convolution", groups: groupsOf(node), padded: windowReadsPadding(node) };
    case "ConvTranspose":
      return weight && isTransposable(node) ? { ...weighted, kind: "convolution", groups: groupsOf(node), padded: true } : undefined;
    case "Gemm":
      return weight?.shape.length === 2 ? { ...weighted, kind: "linear" } : undefined;
    case "MatMul":
      if (!weight) return { ...common, kind: "product", operands: [left.name, right.name] };
      return weight.shape.length === 2 ? { ...weighted, kind: "linear" } : undefined;
    default:
      return undefined;
  }
}

export function groupsOf(node: NodeView): number {
  return Number(node.attribute("group") ?? 1);
}

/** One number per output channel: the operator's own bias, or the Add behind a MatMul. */
export function biasOf(node: NodeView, channels: number): Tensor | undefined {
  const bias = node.op === "MatMul" ? absorbedBias(node)?.inputs.find((value) => value?.constant)?.constant : node.inputs[2]?.constant;
  if (!bias) return undefined;
  const values = bias.data as Float32Array;
  return { dtype: "float32", shape: [channels], data: values.length === channels ? values : new Float32Array(channels).fill(values[0]!) };
}
