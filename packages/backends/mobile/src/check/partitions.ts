/**
 * How often the runtime enters a provider. Units are taken in an order in which each follows what it reads, those of the
 * side that runs now as long as there are any: a side that has been left is not entered again for a unit that could have
 * run before. This is the greedy grouping of the runtime's own partitioner.
 */
import type { NodeView } from "@halftone/core";
import type { NodeUnit } from "./node-unit.ts";

export function countPartitions(units: readonly NodeUnit[], isTaken: (unit: NodeUnit) => boolean): number {
  const unitOf = new Map<NodeView, NodeUnit>(units.flatMap((unit) => unit.members.map((member) => [member, unit] as const)));
  const left = new Map<NodeUnit, Set<NodeUnit>>(units.map((unit) => [unit, producersOf(unit, unitOf)]));
  let partitions = 0;
  let onProvider = false;
  while (left.size > 0) {
    const wanted = [...left].find(([unit, waitsFor]) => waitsFor.size === 0 && isTaken(unit) === onProvider)?.[0];
    if (wanted) {
      left.delete(wanted);
      for (const waitsFor of left.values()) waitsFor.delete(wanted);
    } else {
      onProvider = !onProvider;
      if (onProvider) partitions++;
    }
  }
  return partitions;
}

function producersOf(unit: NodeUnit, unitOf: ReadonlyMap<NodeView, NodeUnit>): Set<NodeUnit> {
  const read = unit.members.flatMap(({ inputs }) => inputs.flatMap((value) => value?.producer ?? []));
  return new Set(read.filter((producer) => !unit.members.includes(producer)).map((producer) => unitOf.get(producer)!));
}
