import { type AffineEncoding, type Finding, type LayerSample, type OperandPlan, type Probe, scaledBy, searchWeightFactors } from "@halftone/core";
import { leastError } from "./least-error.ts";
import type { OperandCandidates } from "./operand-candidates.ts";
import { takeTurns } from "./take-turns.ts";
import type { WeightStart } from "./weight-start.ts";

interface Weight extends WeightStart {
  readonly tensor: string;
  readonly probe: Probe;
  current: AffineEncoding;
}

/** Layers with weights that read one tensor: the scales of each weight, then the grid of what they read, in turns. */
export async function searchLayers(
  samples: readonly LayerSample[],
  probes: readonly Probe[],
  starts: readonly WeightStart[],
  { plans }: OperandCandidates,
  rounds: number,
): Promise<Finding> {
  const weights = samples.map(({ layer }, index): Weight => {
    const start = starts[index]!;
    return { ...start, tensor: layer.weight!, probe: probes[index]!, current: start.encoding };
  });
  let operand = plans[0]!;

  const searchWeights = async (): Promise<boolean> => {
    let changed = false;
    for (const weight of weights) {
      const found = await searchWeight(weight, operand);
      changed ||= found !== weight.current;
      weight.current = found;
    }
    return changed;
  };

  const searchOperand = async (): Promise<boolean> => {
    const previous = operand;
    operand = await leastError(plans, async (left) => {
      let sum = 0;
      for (const { probe, current } of weights) sum += (await probe.error({ left, right: current })).layer;
      return sum;
    });
    return operand !== previous;
  };

  await takeTurns([searchWeights, searchOperand], rounds);
  return {
    operands: { [samples[0]!.layer.operands[0]!]: operand },
    weights: Object.fromEntries(weights.map(({ tensor, current }) => [tensor, current])),
  };
}

/** Not every factor is tried for every scale, so what is found is compared with what there was. */
async function searchWeight({ probe, encoding, factors, blocks, current }: Weight, left: OperandPlan): Promise<AffineEncoding> {
  if (factors.length === 0) return current;
  const found = scaledBy(encoding, await searchWeightFactors(probe, left, encoding, factors, blocks));
  return leastError([current, found], async (right) => (await probe.error({ left, right })).layer);
}
