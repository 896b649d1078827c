import type { Json, NodeDecision } from "@halftone/core";

export function decisionsJson(decisions: Readonly<Record<string, NodeDecision>>): { readonly [node: string]: Json } {
  return Object.fromEntries(Object.entries(decisions).map(([name, decision]) => [name, { ...decision }]));
}
