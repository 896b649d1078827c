import { type StartingPlan, type StartingRanges, startingPlan } from "../plan/index.ts";
import type { Layer, PartialPlan, PlanContext } from "../spec/index.ts";

const kinds: readonly StartingRanges[] = ["squared-error", "extremes"];

/**
 * The starting plan that disturbs the last layers least: each kind of ranges is tried on the whole network, and what its last products answer is compared with
 * the float network.
 */
export async function chooseStartingPlan(context: PlanContext): Promise<StartingPlan> {
  const { graph, placement, statistics, recall } = context;
  const plans = new Map(kinds.map((kind) => [kind, startingPlan(graph, placement, statistics, kind)] as const));
  const [first, ...others] = [...plans.values()].map((plan) => JSON.stringify(plan));
  if (others.every((other) => other === first)) return plans.get(kinds[0]!)!;
  const chosen = await recall("starting ranges", async () => {
    const errors = new Map<StartingRanges, number>();
    for (const [kind, plan] of plans) errors.set(kind, await networkError(context, plan));
    return kinds.reduce((best, kind) => (errors.get(kind)! < errors.get(best)! ? kind : best));
  });
  return plans.get(chosen)!;
}

/** Squared error of what the last products answer, with everything in front of them on the grids of the plan, on the calibration data. */
export async function networkError({ runtime, structure }: Pick<PlanContext, "runtime" | "structure">, plan: PartialPlan): Promise<number> {
  const last = runtime.layers.filter(({ node }) => structure.last.includes(node));
  const seen: readonly Layer[] = last.length > 0 ? last : runtime.layers.slice(-1);
  let sum = 0;
  for (const sample of await runtime.sample(seen, { upstream: plan })) {
    const probe = await runtime.probe(sample);
    sum += (await probe.error({})).layer;
    await probe.dispose();
  }
  return sum;
}
