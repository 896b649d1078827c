import { type AffineEncoding, type Finding, type OperandPlan, type Probe, scaledBy, searchWeightFactors } from "@halftone/core";
import { alternate } from "./alternate.ts";
import { leastFactor } from "./least-factor.ts";
import type { OperandStart } from "./operand-start.ts";
import type { Settings } from "./options.ts";
import type { WeightStart } from "./weight-start.ts";

/** A layer of the group. A weight without factors was decided before. */
export interface SearchedLayer {
  readonly probe: Probe;
  readonly weight: WeightStart;
}

/** Layers that read one tensor: the scales of each weight, then the step of what they read, in turns. */
export async function searchLayers(members: readonly SearchedLayer[], tensor: string, start: OperandStart, settings: Settings): Promise<Finding> {
  let operand: OperandPlan = { encoding: start.encoding };
  let weights: readonly AffineEncoding[] = members.map(({ weight }) => weight.encoding);

  const errorsOf = async (left: OperandPlan): Promise<readonly number[]> => {
    const errors: number[] = [];
    for (const [index, { probe }] of members.entries()) errors.push((await probe.error({ left, right: weights[index]! })).layer);
    return errors;
  };
  const isBetter = (error: number, than: number): boolean => settings.basePtq || error < than;

  const searchWeights = async (): Promise<number> => {
    const before = await errorsOf(operand);
    const found: AffineEncoding[] = [];
    let sum = 0;
    for (const [index, { probe, weight }] of members.entries()) {
      const right = await searchWeight(probe, operand, weight);
      const { layer } = await probe.error({ left: operand, right });
      const taken = isBetter(layer, before[index]!);
      found.push(taken ? right : weights[index]!);
      sum += taken ? layer : before[index]!;
    }
    weights = found;
    return sum;
  };

  const searchOperand = async (error: number): Promise<number> => {
    const factor = await leastFactor(start.factors, async (each) => sumOf(await errorsOf(scaledOperand(start, each))));
    const found = scaledOperand(start, factor);
    const reached = sumOf(await errorsOf(found));
    if (!isBetter(reached, error)) return error;
    operand = found;
    return reached;
  };

  const turns = [...(members.some(({ weight }) => weight.factors.length > 0) ? [searchWeights] : []), ...(start.factors.length > 0 ? [searchOperand] : [])];
  await alternate(sumOf(await errorsOf(operand)), turns, settings);
  return { operands: { [tensor]: operand }, weights: Object.fromEntries(members.map(({ weight }, index) => [weight.tensor, weights[index]!])) };
}

/** One scale per channel: each by the cosine of its own channel. Otherwise by that of the layer, with one factor for all scales. */
async function searchWeight(probe: Probe, left: OperandPlan, { encoding, factors, perChannel }: WeightStart): Promise<AffineEncoding> {
  if (factors.length === 0) return encoding;
  if (perChannel) return scaledBy(encoding, await searchWeightFactors(probe, left, encoding, factors));
  return scaledBy(encoding, await leastFactor(factors, async (factor) => (await probe.error({ left, right: scaledBy(encoding, factor) })).layer));
}

function scaledOperand({ encoding }: OperandStart, factor: number): OperandPlan {
  return { encoding: scaledBy(encoding, factor) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
