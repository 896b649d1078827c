import {
  chooseStartingPlan,
  createPlanDraft,
  type Finding,
  type Layer,
  type LayerSample,
  layerGroups,
  type MethodPlan,
  type PlanContext,
  type PlanDraft,
  QuantError,
  type StartingPlan,
  withProbes,
} from "@halftone/core";
import { type OperandCandidates, operandCandidates } from "./operand-candidates.ts";
import type { Settings } from "./options.ts";
import { searchLayers } from "./search-layers.ts";
import { searchProduct } from "./search-product.ts";
import { type WeightStart, weightStart } from "./weight-start.ts";

/** Where the network cannot be differentiated all errors count alike. */
export async function search(context: PlanContext, settings: Settings): Promise<MethodPlan> {
  const start = await chooseStartingPlan(context);
  try {
    return await searchAll(context, settings, start);
  } catch (error) {
    if (settings.metric !== "hessian" || !QuantError.is(error, "unsupported-op")) throw error;
    const note = `Squared errors were not weighted by the gradient of the loss, all count alike: ${error.message}`;
    return searchAll(context, { ...settings, metric: "squared-error" }, start, [note]);
  }
}

/** What one step finds, with the layers whose outputs the loss does not depend on. */
type Found = Finding & { readonly unweighted: readonly string[] };

async function searchAll(context: PlanContext, settings: Settings, start: StartingPlan, notes: readonly string[] = []): Promise<MethodPlan> {
  const { runtime, graph, placement } = context;
  const draft = createPlanDraft(graph, placement, start);
  const steps = stepsOf(context, settings, draft);
  const layers = layerGroups(searchable(context, start)).flat();
  const sampling = settings.metric === "hessian" ? { importance: { quantized: start } } : {};
  const unweighted: string[] = [];
  let done = 0;
  for (const chunk of runtime.chunks(layers, sampling)) {
    let samples: Promise<ReadonlyMap<Layer, LayerSample>> | undefined;
    for (const group of layerGroups(chunk)) {
      const found = await context.recall<Found>(keyOf(settings, group), async () => {
        samples ??= runtime.sample(chunk, sampling).then((all) => new Map(all.map((sample) => [sample.layer, sample])));
        const seen = await samples;
        return steps(group.map((layer) => seen.get(layer)!));
      });
      draft.add(found);
      unweighted.push(...found.unweighted);
      done += group.length;
      context.progress(done, layers.length);
    }
  }
  const unseen = unweighted.length > 0 ? [`The loss does not depend on ${unweighted.join(", ")}: their errors count alike.`] : [];
  return draft.plan([...notes, ...unseen]);
}

/** One step of the search: a group of layers, given what was decided before. */
function stepsOf(context: PlanContext, settings: Settings, draft: PlanDraft): (samples: readonly LayerSample[]) => Promise<Found> {
  const candidates = operandCandidates(context, settings);
  const candidatesOf = (tensor: string): OperandCandidates => {
    const decided = draft.operandOf(tensor);
    return decided ? { plans: [decided], isSoftmax: false } : candidates(tensor);
  };
  const weightOf = (layer: Layer): WeightStart => {
    const decided = draft.of([layer.node]).encodings?.[layer.weight!];
    return decided ? { encoding: decided, factors: [], blocks: decided.scale.map(() => 0) } : weightStart(context, layer, settings);
  };
  return (samples) =>
    withProbes(context, samples, settings.metric === "cosine" ? "cosine" : "squared-error", async (probes) => {
      const layers = samples.map(({ layer }) => layer);
      const [first] = layers as [Layer];
      const finding = first.weight
        ? await searchLayers(samples, probes, layers.map(weightOf), candidatesOf(first.operands[0]!), settings.rounds)
        : await searchProduct(samples[0]!, probes[0]!, candidatesOf, settings);
      const unweighted = settings.metric === "hessian" ? samples.filter(({ importance }) => !importance).map(({ layer }) => layer.node) : [];
      return { ...finding, unweighted };
    });
}

/** Layers all of whose tensors were asked for and can lie on a grid. */
function searchable({ runtime, placement }: PlanContext, start: StartingPlan): readonly Layer[] {
  const asked = new Set([...placement.operands, ...placement.weights].map(({ tensor }) => tensor));
  return runtime.layers.filter(({ operands, weight }) =>
    [...operands, ...(weight ? [weight] : [])].every((tensor) => asked.has(tensor) && !Object.hasOwn(start.skipped, tensor)),
  );
}

function keyOf(settings: Settings, group: readonly Layer[]): string {
  return JSON.stringify([settings, group.map(({ node }) => node)]);
}
