import { type Finding, type Layer, type OperandPlan, type Probe, scaledBy } from "@halftone/core";
import { alternate, type Turn } from "./alternate.ts";
import { leastFactor } from "./least-factor.ts";
import type { OperandStart } from "./operand-start.ts";
import type { Settings } from "./options.ts";

/** A product of two activations: the step of the left one, then that of the right one, in turns. */
export async function searchProduct({ operands }: Layer, probe: Probe, startOf: (tensor: string) => OperandStart, settings: Settings): Promise<Finding> {
  const [left, right] = operands as readonly [string, string];
  const starts = new Map([left, right].map((tensor) => [tensor, startOf(tensor)]));
  const found = new Map<string, OperandPlan>([...starts].map(([tensor, { encoding }]) => [tensor, { encoding }]));

  const errorWith = async (tensor: string, plan: OperandPlan): Promise<number> => {
    const sides = new Map([...found, [tensor, plan]]);
    return (await probe.error({ left: sides.get(left)!, right: sides.get(right)!.encoding })).layer;
  };

  const turnOf = (tensor: string, { encoding, factors }: OperandStart): Turn => {
    const scaled = (factor: number): OperandPlan => ({ encoding: scaledBy(encoding, factor) });
    return async (error) => {
      const plan = scaled(await leastFactor(factors, (factor) => errorWith(tensor, scaled(factor))));
      const reached = await errorWith(tensor, plan);
      if (!settings.basePtq && !(reached < error)) return error;
      found.set(tensor, plan);
      return reached;
    };
  };

  const open = [...starts].filter(([, { factors }]) => factors.length > 0);
  await alternate(
    await errorWith(left, found.get(left)!),
    open.map(([tensor, start]) => turnOf(tensor, start)),
    settings,
  );
  return { operands: Object.fromEntries(found), weights: {} };
}
