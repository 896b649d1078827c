import type { Layer } from "../spec/index.ts";

/**
 * Layers that read one tensor, which share its grid and are searched together; a product of two activations is alone. In
 * topological order of their first members.
 */
export function layerGroups(layers: readonly Layer[]): readonly (readonly Layer[])[] {
  const groups = new Map<string, Layer[]>();
  for (const layer of layers) {
    const key = layer.kind === "product" ? `product ${layer.node}` : `operand ${layer.operands[0]}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return [...groups.values()];
}
