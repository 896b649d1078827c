import {
  chooseStartingPlan,
  createPlanDraft,
  type Layer,
  type LayerSample,
  layerGroups,
  type MethodPlan,
  networkError,
  type OperandPlan,
  type PlanContext,
  QuantError,
  type SampleOptions,
  type StartingPlan,
} from "@halftone/core";
import { choicesOf } from "./choices.ts";
import { factsOf } from "./facts.ts";
import type { Settings } from "./options.ts";
import { reconstructGroup } from "./reconstruct-group.ts";

/**
 * Algorithm 1: the network on the grids of its extremes gives the gradients that weigh errors; then every layer is reconstructed, those of a
 * bridge block with what comes before them in the block already quantized.
 */
export async function reconstruct(context: PlanContext, settings: Settings): Promise<MethodPlan> {
  const { graph, placement, runtime, structure } = context;
  const start = await chooseStartingPlan(context);
  const draft = createPlanDraft(graph, placement, start);
  const layers = runtime.layers.filter((layer) => isPlanned(layer, start));
  const notes: string[] = [];
  const weighing = await sampler(context, start, notes);
  let done = 0;
  for (const chunk of runtime.chunks(layers, weighing.options)) {
    let shared: Promise<ReadonlyMap<string, LayerSample>> | undefined;
    for (const group of layerGroups(chunk)) {
      const upstream = precedingInBridge(group, structure.bridges);
      const sampled = async (): Promise<ReadonlyMap<string, LayerSample>> => {
        if (upstream.length > 0) return weighing.sample(group, { upstream: draft.of(upstream) });
        shared ??= weighing.sample(chunk);
        return shared;
      };
      const key = [settings.identity, ...group.map(({ node }) => node)].join(" ");
      const finding = await context.recall(key, async () => {
        const samples = await sampled();
        return reconstructGroup(
          context,
          {
            samples: group.map(({ node }) => samples.get(node)!),
            decided: (tensor: string): OperandPlan | undefined => draft.operandOf(tensor),
            choices: (tensor: string) => choicesOf(factsOf(context, start, tensor, group), settings),
          },
          settings,
        );
      });
      draft.add(finding);
      done += group.length;
      context.progress(done, layers.length);
    }
  }
  return (await isWorthIt(context, start, draft.plan(), settings.identity)) ? draft.plan(notes) : { ...start, notes: [...notes, kept] };
}

const kept = "what the search found layer by layer disturbs the network's last layers far more than what it started from, which is kept";

/** Errors that gradients weigh may be larger as plain ones and still keep the answers; so much larger they do not. */
const tolerated = 2;

/** Layers are searched one by one; whether all of it together helps shows at the end of the network only. */
function isWorthIt(context: PlanContext, start: StartingPlan, found: MethodPlan, identity: string): Promise<boolean> {
  return context.recall(`${identity} worth it`, async () => (await networkError(context, found)) <= tolerated * (await networkError(context, start)));
}

/** Whether everything the layer reads has a grid to start from. */
function isPlanned({ operands, weight }: Layer, { encodings, operands: own }: StartingPlan): boolean {
  return operands.every((tensor) => tensor in encodings || tensor in own) && (weight === undefined || weight in encodings);
}

interface Sampler {
  readonly options: SampleOptions;
  sample(layers: readonly Layer[], options?: SampleOptions): Promise<ReadonlyMap<string, LayerSample>>;
}

/** Samples with importance; without it from the first operator on that has no gradient, which is said in the plan. */
async function sampler({ runtime }: PlanContext, start: StartingPlan, notes: string[]): Promise<Sampler> {
  let options: SampleOptions = { importance: { quantized: start } };
  return {
    options,
    sample: async (layers, extra = {}) => {
      const samples = await runtime.sample(layers, { ...options, ...extra }).catch((error: unknown) => {
        if (!QuantError.is(error, "unsupported-op")) throw error;
        notes.push(`errors are not weighed by gradients: ${error.message}`);
        options = {};
        return runtime.sample(layers, extra);
      });
      return new Map(samples.map((sample) => [sample.layer.node, sample]));
    },
  };
}

function precedingInBridge(group: readonly Layer[], bridges: PlanContext["structure"]["bridges"]): readonly string[] {
  const node = group[0]!.node;
  const block = bridges.find((bridge) => bridge.layers.includes(node));
  return block ? block.layers.slice(0, block.layers.indexOf(node)) : [];
}
