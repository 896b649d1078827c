import type { Graph, Use, Value } from "../ir/index.ts";

/** One value per channel, in a shape that broadcasts where `inner` dimensions follow that of the channels. */
export function channelConstant(graph: Graph, name: string, data: Float32Array, inner: number): Value {
  return graph.addConstant(name, { dtype: "float32", shape: [data.length, ...Array<number>(inner).fill(1)], data });
}

/** How many dimensions follow the channels of what a product with a weight reads: as many as its kernel has. */
export function innerDimensions({ node }: Use): number {
  return node.op === "MatMul" || node.op === "Gemm" ? 0 : node.inputs[1]!.shape!.length - 2;
}
