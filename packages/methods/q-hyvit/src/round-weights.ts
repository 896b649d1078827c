import { compensateLayers, type Layer, layerGroups, type PlanContext, type PlanDraft } from "@halftone/core";
import type { Settings } from "./options.ts";
import type { Sampler } from "./sampler.ts";

/** Rows per layer: second moments of many elements need many. */
const positions = 8192;

/** From the first layer to the last, with all grids decided: each sees what the rounded ones before it make of the data. */
export async function roundWeights(
  context: PlanContext,
  draft: PlanDraft,
  layers: readonly Layer[],
  { weighing, settings, advance }: { readonly weighing: Sampler; readonly settings: Settings; readonly advance: (layers: number) => void },
): Promise<void> {
  for (const group of layerGroups(layers)) {
    const nodes = group.map(({ node }) => node);
    const finding = await context.recall([settings.identity, "codes", ...nodes].join(" "), async () => {
      const { encodings = {} } = draft.of(nodes);
      const grids = { operand: draft.operandOf(group[0]!.operands[0]!), weight: (name: string) => encodings[name]! };
      return compensateLayers(context, await weighing.sample(group, "row", { positions, upstream: draft.plan(), shortcuts: true }), grids);
    });
    draft.add(finding);
    advance(group.length);
  }
}
