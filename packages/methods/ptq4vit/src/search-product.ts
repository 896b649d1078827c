import type { Finding, LayerSample, OperandPlan, Probe } from "@halftone/core";
import { leastError } from "./least-error.ts";
import type { OperandCandidates } from "./operand-candidates.ts";
import { takeTurns } from "./take-turns.ts";

/** A product of two activations: the grid of the left one, then that of the right one, in turns. */
export async function searchProduct(
  { layer }: LayerSample,
  probe: Probe,
  candidatesOf: (tensor: string) => OperandCandidates,
  { rounds, released }: { readonly rounds: number; readonly released: boolean },
): Promise<Finding> {
  const [left, right] = layer.operands as readonly [string, string];
  const candidates = new Map([left, right].map((tensor) => [tensor, candidatesOf(tensor)]));
  const found = new Map([...candidates].map(([tensor, { plans }]) => [tensor, plans[0]!]));

  const searches = [...candidates].map(([tensor, { plans, isSoftmax }]) => async (): Promise<boolean> => {
    const previous = found.get(tensor);
    const others = isSoftmax && released ? [] : found;
    found.set(tensor, await leastError(plans, (plan) => errorOf(new Map([...others, [tensor, plan]]))));
    return found.get(tensor) !== previous;
  });

  await takeTurns(searches, rounds);
  return { operands: Object.fromEntries(found), weights: {} };

  /** Sides that are not named are float. */
  async function errorOf(sides: ReadonlyMap<string, OperandPlan>): Promise<number> {
    const [leftPlan, rightPlan] = [sides.get(left), sides.get(right)];
    return (await probe.error({ ...(leftPlan && { left: leftPlan }), ...(rightPlan && { right: rightPlan.encoding }) })).layer;
  }
}
