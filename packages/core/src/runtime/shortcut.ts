import { absorbedBias } from "../placement/absorb.ts";
import { onlyReader } from "../placement/roles.ts";
import type { GraphView, Layer, NodeView } from "../spec/index.ts";

/**
 * The other operand of the Add that a layer's product, with its bias, goes to and nothing else. Undefined where there is none of the same shape that is computed
 * before the layer: what is decided later cannot be made up for.
 */
export function shortcutOf(graph: GraphView, { node: name, weight }: Layer): string | undefined {
  const node = weight === undefined ? undefined : graph.node(name);
  if (!node) return undefined;
  const answer = (absorbedBias(node) ?? node).outputs[0]!;
  const sum = onlyReader(answer);
  if (sum?.op !== "Add" || sum.domain !== "") return undefined;
  const other = sum.inputs.find((value) => value?.name !== answer.name);
  if (!other || other.constant || !other.shape || JSON.stringify(other.shape) !== JSON.stringify(answer.shape)) return undefined;
  return !other.producer || isBefore(graph, other.producer, node) ? other.name : undefined;
}

function isBefore(graph: GraphView, first: NodeView, second: NodeView): boolean {
  for (const { name } of graph.nodes) if (name === first.name || name === second.name) return name === first.name;
  return false;
}
