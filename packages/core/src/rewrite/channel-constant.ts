import type { Graph, Value } from "../ir/index.ts";

/** One value per channel, in a shape that broadcasts along `axis` of a tensor of that rank. */
export function channelConstant(graph: Graph, name: string, data: Float32Array, axis: number, rank: number): Value {
  return graph.addConstant(name, { dtype: "float32", shape: [data.length, ...Array<number>(rank - 1 - axis).fill(1)], data });
}
