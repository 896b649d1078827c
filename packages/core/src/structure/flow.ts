/** How numbers flow from node to node: sizes, indices and masks of truth are left out. */
import type { GraphView, NodeView, ValueView } from "../spec/index.ts";
import { weightOf } from "./products.ts";

export interface Flow {
  /** Of the main graph, in topological order. */
  readonly nodes: readonly NodeView[];
  readonly positionOf: ReadonlyMap<NodeView, number>;
  /** In topological order. */
  readonly weighted: ReadonlySet<NodeView>;
  /** The kind of unit that a node is part of. */
  unitOf(node: NodeView): string | undefined;
  /** The activations that a node computes with. */
  inputsOf(node: NodeView): readonly ValueView[];
  /** Who computes with the value, nodes of subgraphs included. */
  readersOf(value: ValueView): readonly NodeView[];
  /** The weighted nodes that have a part in the value, one bit each. */
  weightedAbove(value: ValueView): bigint;
}

const sizes = ["Shape", "Size"];
const numbers: ReadonlySet<string | undefined> = new Set([undefined, "float32", "float16", "bfloat16", "float64"]);

export function flowOf(graph: GraphView, units: ReadonlyMap<string, string>): Flow {
  const nodes = [...graph.nodes];
  const weighted = new Set(nodes.filter((node) => weightOf(node) !== undefined));
  const inputs = new Map(nodes.map((node) => [node, dataInputs(node)] as const));
  const above = weightedAbove(nodes, weighted, inputs);
  return {
    nodes,
    positionOf: new Map(nodes.map((node, position) => [node, position])),
    weighted,
    unitOf: (node) => units.get(node.name),
    inputsOf: (node) => inputs.get(node) ?? [],
    readersOf: (value) => [...new Set(value.consumers.map((use) => use.node))].filter((node) => !sizes.includes(node.op)),
    weightedAbove: (value) => (value.producer && above.get(value.producer)) ?? 0n,
  };
}

function dataInputs(node: NodeView): readonly ValueView[] {
  if (sizes.includes(node.op)) return [];
  return [...new Set(node.inputs)].filter((value): value is ValueView => numbers.has(value?.dtype) && value !== undefined && value.constant === undefined);
}

function weightedAbove(nodes: readonly NodeView[], weighted: ReadonlySet<NodeView>, inputs: ReadonlyMap<NodeView, readonly ValueView[]>) {
  const above = new Map<NodeView, bigint>();
  let bit = 1n;
  for (const node of nodes) {
    let mask = 0n;
    for (const { producer } of inputs.get(node)!) mask |= (producer && above.get(producer)) ?? 0n;
    if (weighted.has(node)) {
      mask |= bit;
      bit <<= 1n;
    }
    above.set(node, mask);
  }
  return above;
}

/** Weighted nodes with none before them, and with none behind. */
export function endsOf({ nodes, weighted, inputsOf, weightedAbove }: Flow): { readonly first: readonly NodeView[]; readonly last: readonly NodeView[] } {
  const before = new Map([...weighted].map((node) => [node, inputsOf(node).reduce((mask, value) => mask | weightedAbove(value), 0n)] as const));
  const followed = [...before.values()].reduce((mask, each) => mask | each, 0n);
  const isFollowed = new Map([...weighted].map((node, bit) => [node, ((followed >> BigInt(bit)) & 1n) === 1n] as const));
  return {
    first: nodes.filter((node) => before.get(node) === 0n),
    last: nodes.filter((node) => isFollowed.get(node) === false),
  };
}

export function countBits(mask: bigint): number {
  return mask.toString(2).replaceAll("0", "").length;
}
