import {
  chooseStartingPlan,
  createPlanDraft,
  type Layer,
  type LayerSample,
  layerGroups,
  type MethodPlan,
  type PlanContext,
  type PlanDraft,
  QuantError,
} from "@halftone/core";
import { decide } from "./decide.ts";
import type { Settings } from "./options.ts";
import { rolesOf } from "./roles.ts";

/**
 * From the first layer to the last, every one behind those that are quantized already: what it reads then holds their errors (RepQ-ViT, arXiv
 * 2212.08254, Algorithm 1). A pass over the data per layer would be exact; here a few consecutive groups of layers share one.
 */
export async function calibrate(context: PlanContext, settings: Settings): Promise<MethodPlan> {
  const { graph, placement, runtime, signal } = context;
  const start = await chooseStartingPlan(context);
  const draft = createPlanDraft(graph, placement, start);
  const deciding = { context, settings, roles: rolesOf(context, settings), start, operandOf: draft.operandOf };
  const done: string[] = [];
  for (const pass of passesOf(context, settings)) {
    const upstream = draft.of(done);
    let samples: Promise<readonly LayerSample[]> | undefined;
    for (const [index, layers] of pass.entries()) {
      if (signal?.aborted) throw new QuantError("aborted", "Calibration was aborted.", { cause: signal.reason });
      const key = JSON.stringify([settings, layers.map(({ node }) => node)]);
      const finding = await context.recall(key, async () => {
        samples ??= runtime.sample(firstOfEach(pass), { positions: settings.positions, upstream });
        return decide(deciding, layers, (await samples)[index]!);
      });
      draft.add(finding);
    }
    done.push(...pass.flat().map(({ node }) => node));
    context.progress(done.length, runtime.layers.length);
  }
  return draft.plan(
    notesOf(
      draft,
      placement.operands.map(({ tensor }) => tensor),
    ),
  );
}

type Groups = readonly (readonly Layer[])[];

/** Consecutive groups, as many as were asked for or as fit into memory together. */
function passesOf({ runtime }: PlanContext, { groupsPerPass, positions }: Settings): readonly Groups[] {
  const groups = layerGroups(runtime.layers);
  const groupOf = new Map(groups.map((group) => [group[0]!, group]));
  const passes = Array.from({ length: Math.ceil(groups.length / groupsPerPass) }, (_, index) =>
    groups.slice(index * groupsPerPass, (index + 1) * groupsPerPass),
  );
  return passes.flatMap((pass) => runtime.chunks(firstOfEach(pass), { positions, upstream: {} }).map((chunk) => chunk.map((layer) => groupOf.get(layer)!)));
}

/** What the layers of a group read is one and the same: a sample of the first shows it. */
function firstOfEach(groups: Groups): readonly Layer[] {
  return groups.map((group) => group[0]!);
}

function notesOf({ operandOf }: PlanDraft, tensors: readonly string[]): readonly string[] {
  const plans = tensors.flatMap((tensor) => operandOf(tensor) ?? []);
  const [rescaled, logarithmic] = [plans.filter(({ rescaling }) => rescaling).length, plans.filter(({ encoding }) => encoding.kind === "log").length];
  return [
    ...(rescaled > 0 ? [`${rescaled} inputs of linear layers behind normalizations are reparameterized: channel-wise ranges on one grid per layer`] : []),
    ...(logarithmic > 0
      ? [`${logarithmic} attention maps are on log sqrt2 grids: no runtime has a kernel for them, the products that read them are emulated`]
      : []),
  ];
}
