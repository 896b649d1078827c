import { type Finding, type Layer, type LayerSample, type OperandPlan, type PlanContext, QuantError, thinSample } from "@halftone/core";
import type { Choice } from "./choices.ts";
import { openLayers } from "./layer-state.ts";
import type { Settings } from "./options.ts";
import { searchOperand } from "./search-operand.ts";

export interface GroupSearch {
  /** Of layers that read one tensor, or of one product of two activations. */
  readonly samples: readonly LayerSample[];
  /** How a tensor is read, where that is decided already. */
  readonly decided: (tensor: string) => OperandPlan | undefined;
  readonly choices: (tensor: string) => readonly Choice[];
  /** Of the grid of an operand. */
  readonly bits: (tensor: string) => number;
  /** Of the answer of a layer that lies on grids per channel: their scales. */
  readonly levels: (layer: Layer) => readonly number[] | undefined;
}

export function reconstructGroup(context: PlanContext, search: GroupSearch, settings: Settings): Promise<Finding> {
  const [first] = search.samples;
  return first!.layer.weight ? reconstructLayers(context, search, settings) : reconstructProduct(context, search, settings);
}

/** Weights of all layers, then the operand they share, in turns until nothing changes (Algorithm 1, third loop). */
async function reconstructLayers(context: PlanContext, { samples, decided, choices, bits, levels }: GroupSearch, settings: Settings): Promise<Finding> {
  const layers = await openLayers(context, samples, levels);
  try {
    const tensor = samples[0]!.layer.operands[0]!;
    const given = decided(tensor);
    const alternatives = choices(tensor);
    let operand = given ?? plainest(alternatives);
    const errorOf = async (left: OperandPlan): Promise<number> => {
      let sum = 0;
      for (const layer of layers) sum += (await layer.probe.error({ left, right: layer.current(left.rescaling) })).layer;
      return sum;
    };
    await untilSettled(settings.rounds, async () => {
      for (const layer of layers) await layer.searchWeights(operand, settings);
      if (!given) operand = (await searchOperand(alternatives, errorOf, settings.factors(bits(tensor))))?.plan ?? operand;
      return [operand, layers.map(({ factors }) => [...(factors ?? [])])];
    });
    const weights = Object.fromEntries(layers.map((layer) => [layer.weight, layer.current(operand.rescaling)]));
    return { operands: { [tensor]: operand }, weights };
  } finally {
    for (const layer of layers) await layer.dispose();
  }
}

/** The left activation, then the right one, in turns. */
async function reconstructProduct({ runtime }: PlanContext, { samples, decided, choices, bits }: GroupSearch, settings: Settings): Promise<Finding> {
  const probe = await runtime.probe(thinSample(samples[0]!));
  try {
    const [left, right] = samples[0]!.layer.operands as readonly [string, string];
    const plans: Record<string, OperandPlan> = {};
    for (const tensor of [left, right]) plans[tensor] = decided(tensor) ?? plainest(choices(tensor));
    await untilSettled(settings.rounds, async () => {
      for (const tensor of new Set([left, right])) {
        if (decided(tensor)) continue;
        const errorOf = async (plan: OperandPlan): Promise<number> => {
          const tried = { ...plans, [tensor]: plan };
          return (await probe.error({ left: tried[left]!, right: tried[right]!.encoding })).layer;
        };
        plans[tensor] = (await searchOperand(choices(tensor), errorOf, settings.factors(bits(tensor))))?.plan ?? plans[tensor]!;
      }
      return plans;
    });
    return { operands: plans, weights: {} };
  } finally {
    await probe.dispose();
  }
}

/** The first choice at the scale of the extremes: the only one where a guard refuses all others too. */
function plainest(choices: readonly Choice[]): OperandPlan {
  for (const choice of choices) {
    const plan = choice.at(1);
    if (plan) return plan;
  }
  throw new QuantError("nothing-quantized", "Every grid of an operand was rejected; allow the symmetric scheme or use zeroPointGuard include-zero.");
}

/** Repeats until a round ends where the one before did. */
async function untilSettled(rounds: number, round: () => Promise<unknown>): Promise<void> {
  let previous: string | undefined;
  for (let count = 0; count < rounds; count++) {
    const now = JSON.stringify(await round());
    if (now === previous) return;
    previous = now;
  }
}
