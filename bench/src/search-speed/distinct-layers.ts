import type { GraphView, Layer } from "@halftone/core";

/** A layer, and how many of its kind and size the network has. */
export interface CountedLayer {
  readonly layer: Layer;
  readonly count: number;
}

/** The first layer of each kind and size: blocks of a network repeat theirs. */
export function distinctLayers(graph: GraphView, layers: readonly Layer[]): readonly CountedLayer[] {
  const groups = new Map<string, Layer[]>();
  for (const layer of layers) {
    const sizes = (layer.weight === undefined ? layer.operands : [layer.weight]).map((name) => graph.value(name)?.shape?.join("x"));
    const key = [layer.kind, ...sizes].join();
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()].map((group) => ({ layer: group[0]!, count: group.length }));
}
