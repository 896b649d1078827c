import type { Layer, PartialPlan } from "../spec/index.ts";
import type { Feeds } from "./feeds.ts";
import { outputRows } from "./gather-rows.ts";
import { openGradients } from "./importance.ts";
import type { Network } from "./observe.ts";

/** By node and feed: for every position of a layer's output the mean over its columns of the squared gradient of the loss. */
export type RowImportance = ReadonlyMap<string, readonly Float64Array[]>;

/**
 * Of all layers with a weight, in one pass.
 *
 * @throws `unsupported-op` when an operator between a layer and the loss has no gradient rule.
 */
export async function rowImportance(network: Network, { feeds }: Feeds, layers: readonly Layer[], quantized: PartialPlan): Promise<RowImportance> {
  const weighted = layers.filter(({ weight }) => weight !== undefined);
  const found = new Map(weighted.map(({ node }) => [node, [] as Float64Array[]]));
  const gradients = await openGradients(
    network,
    weighted.map(({ output }) => output),
    quantized,
  );
  try {
    for (const { tensors, samples } of feeds) {
      const slopes = await gradients.run(tensors, samples);
      for (const layer of weighted) {
        const slope = slopes.get(layer.output)!;
        const columns = layer.kind === "linear" ? slope.shape.at(-1)! : slope.shape[1]!;
        found.get(layer.node)!.push(energiesOf(layer, slope, columns).map((energy) => energy / columns));
      }
    }
  } finally {
    await gradients.dispose();
  }
  return found;
}

/** The sum of squares of each position from `from` to `to`; `columns` of all groups together. */
export function energiesOf(layer: Layer, tensor: Parameters<typeof outputRows>[1], columns: number, from = 0, to?: number): Float64Array {
  const row = new Float32Array(columns);
  const reader = outputRows(layer, tensor, { batch: 1, rows: 1, width: columns });
  return Float64Array.from({ length: (to ?? reader.positions) - from }, (_, index) => {
    reader.copy(from + index, row, 0);
    return row.reduce((sum, value) => sum + value * value, 0);
  });
}
