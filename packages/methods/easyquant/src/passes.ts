import { type Layer, layerGroups, type SearchRuntime } from "@halftone/core";
import type { Settings } from "./options.ts";

type Group = readonly Layer[];

/** Groups of layers that are seen in one pass over the data: as many as are wanted and fit into the memory budget. */
export function passesOf(
  runtime: Pick<SearchRuntime, "chunks">,
  layers: readonly Layer[],
  { sequential, groupsPerPass, positions }: Settings,
): readonly (readonly Group[])[] {
  const most = sequential ? groupsPerPass : Number.POSITIVE_INFINITY;
  const sampling = { positions, ...(sequential && { upstream: {} }) };
  const passes: Group[][] = [];
  for (const group of layerGroups(layers)) {
    const pass = passes.at(-1);
    if (pass && pass.length < most && runtime.chunks([...pass.flat(), ...group], sampling).length === 1) pass.push(group);
    else passes.push([group]);
  }
  return passes;
}
