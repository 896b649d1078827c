import type { GraphView, Layer, SampleOptions } from "../spec/index.ts";
import { defaultPositions, productSamples } from "./sampling-sizes.ts";
import type { ShapeOf } from "./sides.ts";
import { weightLayoutOf } from "./weight-layout.ts";

/** Consecutive layers whose samples, and what their probes keep of them, fit into the budget; a layer that does not fit alone goes alone. */
export function cutIntoChunks(layers: readonly Layer[], budget: number, sizeOf: (layer: Layer) => number): readonly (readonly Layer[])[] {
  const chunks: Layer[][] = [];
  let used = 0;
  for (const layer of layers) {
    const size = sizeOf(layer);
    const chunk = chunks.at(-1);
    if (chunk && used + size <= budget) {
      chunk.push(layer);
      used += size;
    } else {
      chunks.push([layer]);
      used = size;
    }
  }
  return chunks;
}

/** Bytes that a layer's sample will take, about. */
export function sampleBytes(graph: GraphView, layer: Layer, { positions = defaultPositions, upstream, importance }: SampleOptions, shapeOf: ShapeOf): number {
  const node = graph.node(layer.node)!;
  const { batch, rows, depth, columns } = sizesOf();
  const operands = batch * depth * (rows + columns);
  const results = batch * rows * columns;
  // Operands, and the same on a grid; once more those of the float network.
  return 4 * (operands * (upstream ? 3 : 2) + results * (importance ? 2 : 1));

  function sizesOf() {
    if (layer.weight) return { ...weightLayoutOf(layer, node), rows: positions };
    const [left, right] = layer.operands.map((tensor) => shapeOf(tensor) ?? [1, 1]);
    const entries = left!.slice(0, -2).reduce((count, size) => count * size, 1);
    return { batch: productSamples * entries, rows: Math.min(left!.at(-2)!, positions / productSamples), depth: left!.at(-1)!, columns: right!.at(-1)! };
  }
}
