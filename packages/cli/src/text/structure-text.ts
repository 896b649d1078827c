import type { Attention, Json, Structure } from "@halftone/core";
import { alignColumns } from "./table.ts";
import { plural } from "./units.ts";

export function structureJson({ attentions, activated, normalizations, bridges, ...lists }: Structure): { readonly [key: string]: Json } {
  return {
    ...lists,
    attentions: attentions.map((each) => ({ ...each })),
    activated: activated.map((each) => ({ ...each })),
    normalizations: normalizations.map((each) => ({ ...each })),
    bridges: bridges.map((each) => ({ ...each })),
  };
}

/** A line for each kind of part that the network has. */
export function structureText({ weighted, first, last, depthwise, grouped, attentions, activated, normalizations, residuals, bridges }: Structure): string {
  const kinds = [countOf(depthwise, "depthwise"), countOf(grouped, "grouped")].filter((kind) => kind !== "");
  const followed = normalizations.filter(({ linears }) => linears.length > 0).length;
  const rows = [
    { of: weighted, row: ["layers", [`${weighted.length} with weights`, ...kinds, `from ${first.join(", ")} to ${last.join(", ")}`].join(", ")] },
    { of: attentions, row: ["attentions", tally(attentions.map(kindOf))] },
    { of: activated, row: ["activations", `${tally(activated.map(({ activation }) => activation))} in front of products`] },
    { of: normalizations, row: ["normalizations", `${tally(normalizations.map(({ kind }) => kind))}, ${followed} of them read by products alone`] },
    { of: residuals, row: ["residuals", `${residuals.length}`] },
    ...bridges.map(({ layers }) => ({ of: layers, row: ["bridge block", layers.join(", ")] })),
  ];
  return alignColumns(rows.flatMap(({ of, row }) => (of.length > 0 ? [row] : [])));
}

function countOf(names: readonly string[], kind: string): string {
  return names.length === 0 ? "" : `${names.length} ${kind}`;
}

function kindOf({ kind, heads }: Attention): string {
  return heads === undefined ? kind : `${kind} with ${plural(heads, "head")}`;
}

function tally(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `${names.filter((each) => each === name).length} ${name}`).join(", ");
}
