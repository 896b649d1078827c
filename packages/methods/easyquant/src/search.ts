import {
  chooseStartingPlan,
  createPlanDraft,
  type Finding,
  type Layer,
  type LayerSample,
  type MethodPlan,
  type PlanContext,
  type PlanDraft,
  type StartingPlan,
  withProbes,
} from "@halftone/core";
import { type OperandStart, operandStart } from "./operand-start.ts";
import type { Settings } from "./options.ts";
import { passesOf } from "./passes.ts";
import { searchLayers } from "./search-layers.ts";
import { searchProduct } from "./search-product.ts";
import { type WeightStart, weightStart } from "./weight-start.ts";

/** Group by group from the first layer to the last; what is decided is what later layers see. */
export async function search(context: PlanContext, settings: Settings): Promise<MethodPlan> {
  const { runtime, graph, placement } = context;
  const start = await chooseStartingPlan(context);
  const draft = createPlanDraft(graph, placement, start);
  const layers = searchable(context, start);
  const done: string[] = [];
  for (const pass of passesOf(runtime, layers, settings)) {
    const members = pass.flat();
    // Of the moment the pass begins, so that a run that goes on with some of its groups found sees the same.
    const sampling = { positions: settings.positions, ...(settings.sequential && { upstream: draft.of(done) }) };
    let sampled: Promise<ReadonlyMap<Layer, LayerSample>> | undefined;
    for (const group of pass) {
      const finding = await context.recall<Finding>(keyOf(settings, group), async () => {
        sampled ??= runtime.sample(members, sampling).then((samples) => new Map(samples.map((sample) => [sample.layer, sample])));
        const samples = await sampled;
        return searchGroup(
          group.map((layer) => samples.get(layer)!),
          { context, start, draft, settings },
        );
      });
      draft.add(finding);
      done.push(...group.map(({ node }) => node));
      context.progress(done.length, layers.length);
    }
  }
  return draft.plan();
}

interface Search {
  readonly context: PlanContext;
  readonly start: StartingPlan;
  readonly draft: PlanDraft;
  readonly settings: Settings;
}

/** What was decided before, for another reader of the tensor, is not searched again. */
async function searchGroup(samples: readonly LayerSample[], { context, start, draft, settings }: Search): Promise<Finding> {
  const startOf = (tensor: string): OperandStart => {
    const decided = draft.operandOf(tensor)?.encoding;
    return decided?.kind === "affine" ? { encoding: decided, factors: [] } : operandStart(context, tensor, settings);
  };
  const weightOf = (layer: Layer): WeightStart => {
    const decided = draft.of([layer.node]).encodings?.[layer.weight!];
    const own = weightStart(context, layer, start, settings);
    return decided ? { ...own, encoding: decided, factors: [] } : own;
  };
  return withProbes(context, samples, "cosine", async (probes) => {
    const { layer } = samples[0]!;
    if (!layer.weight) return searchProduct(layer, probes[0]!, startOf, settings);
    const members = samples.map((sample, index) => ({ probe: probes[index]!, weight: weightOf(sample.layer) }));
    const tensor = layer.operands[0]!;
    return searchLayers(members, tensor, startOf(tensor), settings);
  });
}

/** Layers all of whose tensors were asked for and can lie on a grid. */
function searchable({ runtime, placement }: PlanContext, { skipped }: StartingPlan): readonly Layer[] {
  const asked = new Set([...placement.operands, ...placement.weights].map(({ tensor }) => tensor));
  const isOpen = (tensor: string): boolean => asked.has(tensor) && !skipped[tensor];
  return runtime.layers.filter(({ operands, weight }) => [...operands, ...(weight ? [weight] : [])].every(isOpen));
}

function keyOf(settings: Settings, group: readonly Layer[]): string {
  return JSON.stringify([settings, group.map(({ node }) => node)]);
}
