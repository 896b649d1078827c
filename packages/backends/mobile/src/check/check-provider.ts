import type { GraphView, NodeView } from "@halftone/core";
import type { ProviderTable } from "../target/provider-table.ts";
import { isFused, judgeUnit } from "./judge-unit.ts";
import { type NodeUnit, nodeUnits } from "./node-unit.ts";
import { countPartitions } from "./partitions.ts";

/** A node that the provider leaves to another. */
export interface NodeElsewhere {
  readonly node: string;
  readonly op: string;
  readonly reason: string;
}

/** What a provider would do with a model. */
export interface ProviderCheck {
  readonly provider: string;
  /** Nodes that compute, the Q/DQ around them not counted. */
  readonly nodes: number;
  readonly onProvider: number;
  /** How often the provider is entered in one run. Every time costs a change of memory, and of device. */
  readonly partitions: number;
  readonly elsewhere: readonly NodeElsewhere[];
}

/**
 * Foretells from the provider's table which nodes it takes: the runtime decides on the phone, with the version and the
 * drivers that are there. The graph is the one the provider is offered (optimized as far as it is for every provider),
 * with the types of its values.
 */
export function checkProvider(graph: GraphView, table: ProviderTable): ProviderCheck {
  const units = nodeUnits(graph);
  const taken = new Set<NodeView>();
  const elsewhere: NodeElsewhere[] = [];
  for (const unit of units) {
    const verdict = judgeUnit(unit, table);
    if (verdict.ok || isFused(unit, table, taken)) taken.add(unit.node);
    else elsewhere.push({ node: unit.node.name, op: unit.node.op, reason: verdict.reason });
  }
  const isTaken = ({ node }: NodeUnit) => taken.has(node);
  return { provider: table.provider, nodes: units.length, onProvider: taken.size, partitions: countPartitions(units, isTaken), elsewhere };
}
