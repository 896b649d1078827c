import type { Graph, Node } from "../../ir/index.ts";
import { unitAt } from "./recognize.ts";
import { leakOf, type UnitKind } from "./unit.ts";

export { fuseUnits } from "./fuse-units.ts";
export type { UnitKind } from "./unit.ts";

/** Nodes to be executed together, by name. */
export interface Unit {
  readonly kind: UnitKind;
  readonly nodes: readonly string[];
  /** The value all of it is computed from. */
  readonly input: string;
  readonly output: string;
}

/** The units of the main graph that are still several nodes, found by structure alone. */
export function findUnits(graph: Graph): readonly Unit[] {
  const taken = new Set<Node>();
  const units: Unit[] = [];
  for (const node of graph.nodes) {
    const unit = unitAt(node);
    if (!unit || leakOf(unit) || [...unit.nodes].some((member) => taken.has(member))) continue;
    for (const member of unit.nodes) taken.add(member);
    units.push({ kind: unit.kind, nodes: [...unit.nodes].map((member) => member.name), input: unit.input.name, output: unit.output.name });
  }
  return units;
}
