import {
  chooseStartingPlan,
  createPlanDraft,
  type Layer,
  type LayerSample,
  layerGroups,
  levelAnswers,
  type MethodPlan,
  networkError,
  type OperandPlan,
  type PlanContext,
  type StartingPlan,
} from "@halftone/core";
import { choicesOf } from "./choices.ts";
import { factsOf } from "./facts.ts";
import type { Settings } from "./options.ts";
import { reconstructGroup } from "./reconstruct-group.ts";
import { roundWeights } from "./round-weights.ts";
import { createSampler } from "./sampler.ts";

/**
 * Algorithm 1: the network on the grids of its extremes gives the gradients that weigh errors; then every layer is reconstructed, those of a
 * bridge block with what comes before them in the block already quantized.
 */
export async function reconstruct(context: PlanContext, settings: Settings): Promise<MethodPlan> {
  const { graph, placement, runtime, structure } = context;
  const start = settings.granularity ? levelAnswers(context, await chooseStartingPlan(context)) : await chooseStartingPlan(context);
  const draft = createPlanDraft(graph, placement, start);
  const layers = runtime.layers.filter((layer) => isPlanned(layer, start));
  const notes: string[] = [];
  const weighing = createSampler(context, start, (note) => notes.push(note));
  const rounded = settings.compensated ? layers.filter(({ weight }) => weight !== undefined) : [];
  let done = 0;
  const advance = (count: number): void => {
    done += count;
    context.progress(done, layers.length + rounded.length);
  };
  for (const chunk of runtime.chunks(layers, weighing.options(settings.per))) {
    let shared: Promise<readonly LayerSample[]> | undefined;
    for (const group of layerGroups(chunk)) {
      const upstream = precedingInBridge(group, structure.bridges);
      const sampled = async (): Promise<readonly LayerSample[]> => {
        if (upstream.length > 0) return weighing.sample(group, settings.per, { upstream: draft.of(upstream) });
        shared ??= weighing.sample(chunk, settings.per);
        return (await shared).filter(({ layer }) => group.includes(layer));
      };
      const key = [settings.identity, ...group.map(({ node }) => node)].join(" ");
      const finding = await context.recall(key, async () => {
        return reconstructGroup(
          context,
          {
            samples: await sampled(),
            decided: (tensor: string): OperandPlan | undefined => draft.operandOf(tensor),
            choices: (tensor: string) => choicesOf(factsOf(context, start, tensor, group), settings),
            bits: (tensor) => placement.operands.find((site) => site.tensor === tensor)!.config.bits,
            levels: (layer) => levelsOf(context, start, layer),
          },
          settings,
        );
      });
      draft.add(finding);
      advance(group.length);
    }
  }
  await roundWeights(context, draft, rounded, { weighing, settings, advance });
  return (await isWorthIt(context, start, draft.plan(), settings.identity)) ? draft.plan(notes) : { ...start, notes: [...notes, kept] };
}

const kept = "what the search found layer by layer disturbs the network's last layers far more than what it started from, which is kept";

/** Errors that gradients weigh may be larger as plain ones and still keep the answers; so much larger they do not. */
const tolerated = 2;

/** Layers are searched one by one; whether all of it together helps shows at the end of the network only. */
function isWorthIt(context: PlanContext, start: StartingPlan, found: MethodPlan, identity: string): Promise<boolean> {
  return context.recall(`${identity} worth it`, async () => (await networkError(context, found)) <= tolerated * (await networkError(context, start)));
}

function levelsOf({ graph, placement }: PlanContext, { encodings }: StartingPlan, { node, weight }: Layer): readonly number[] | undefined {
  if (placement.weights.find(({ tensor }) => tensor === weight)?.config.granularity !== "tensor") return undefined;
  const answer = encodings[graph.node(node)!.outputs[0]!.name];
  return answer?.axis === undefined ? undefined : answer.scale;
}

/** Whether everything the layer reads has a grid to start from. */
function isPlanned({ operands, weight }: Layer, { encodings, operands: own }: StartingPlan): boolean {
  return operands.every((tensor) => tensor in encodings || tensor in own) && (weight === undefined || weight in encodings);
}

function precedingInBridge(group: readonly Layer[], bridges: PlanContext["structure"]["bridges"]): readonly string[] {
  const node = group[0]!.node;
  const block = bridges.find((bridge) => bridge.layers.includes(node));
  return block ? block.layers.slice(0, block.layers.indexOf(node)) : [];
}
