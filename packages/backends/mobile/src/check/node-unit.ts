/**
 * What a provider is offered: a node alone, or a node with the Q/DQ around it as one group. A group it is when every
 * activation and weight comes from a DequantizeLinear and every output goes to QuantizeLinear only.
 */
import type { GraphView, NodeView, ValueView } from "@halftone/core";

export interface NodeUnit {
  /** The node that computes. */
  readonly node: NodeView;
  /** All nodes of the unit, this one included. */
  readonly members: readonly NodeView[];
  readonly form: "float" | "integer";
}

/** Every node of the graph is in one unit, a DequantizeLinear that several groups read in the first of them. */
export function nodeUnits(graph: GraphView): readonly NodeUnit[] {
  const taken = new Set<NodeView>();
  const units: NodeUnit[] = [];
  for (const node of graph.nodes) {
    if (isGrid(node)) continue;
    const around = gridsAround(node);
    for (const member of around ?? []) taken.add(member);
    units.push({ node, members: [node, ...(around ?? [])], form: around ? "integer" : "float" });
  }
  const lonely = [...graph.nodes].filter((node) => isGrid(node) && !taken.has(node)).map((node) => ({ node, members: [node], form: "float" as const }));
  const positions = new Map([...graph.nodes].map((node, index) => [node, index]));
  return [...units, ...lonely].sort((a, b) => positions.get(a.node)! - positions.get(b.node)!);
}

function isGrid({ op }: NodeView): boolean {
  return op === "QuantizeLinear" || op === "DequantizeLinear";
}

/** The Q/DQ nodes that make a group with the node; undefined where it is none. */
function gridsAround(node: NodeView): readonly NodeView[] | undefined {
  const data = node.inputs.filter((value): value is ValueView => value !== undefined && isActivation(value));
  const before = data.flatMap(({ producer }) => (producer?.op === "DequantizeLinear" ? [producer] : []));
  const outputs = node.outputs.filter((value): value is ValueView => value !== undefined);
  const after = outputs.flatMap(({ consumers }) => consumers.map((use) => use.node));
  const surrounded = data.length > 0 && before.length === data.length && outputs.every((value) => !value.isOutput && value.consumers.length > 0);
  return surrounded && after.every(({ op }) => op === "QuantizeLinear") ? [...before, ...after] : undefined;
}

/** Shapes, axes and other parameters are no data; a bias in float is, and then there is no group. */
function isActivation(value: ValueView): boolean {
  return value.dtype === undefined || value.dtype === "float32" || value.dtype === "float16";
}
