/**
 * The best of several plans for one model: the one whose outputs stay closest to the float model's, by SQNR averaged over
 * the outputs, on a few calibration samples. No labels are needed, and the samples were seen by calibration anyway.
 */
import type { Model } from "../ir/index.ts";
import { createDistance } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { rewriteModel } from "../rewrite/index.ts";
import type { Backend, ModelFiles, QuantPlan, Target, Tensors } from "../spec/index.ts";

export interface ChoosePlanOptions {
  /** Normalized. */
  readonly model: Model;
  /** At least one. */
  readonly plans: readonly QuantPlan[];
  readonly target: Target;
  readonly backend: Backend;
  readonly samples: readonly Tensors[];
  readonly signal?: AbortSignal;
  readonly onPlan?: (plan: QuantPlan, sqnrDb: number) => void;
}

/** The first of equals wins. */
export async function choosePlan(options: ChoosePlanOptions): Promise<QuantPlan> {
  const reference = await outputsOf(options, writeModel(options.model));
  let best: { readonly plan: QuantPlan; readonly sqnrDb: number } | undefined;
  for (const plan of options.plans) {
    const sqnrDb = meanSqnr(reference, await outputsOf(options, writeModel(rewriteModel(options.model, plan, options.target))));
    options.onPlan?.(plan, sqnrDb);
    if (!best || sqnrDb > best.sqnrDb) best = { plan, sqnrDb };
  }
  return best!.plan;
}

async function outputsOf({ backend, samples, signal }: ChoosePlanOptions, files: ModelFiles): Promise<readonly Tensors[]> {
  const session = await backend.open(files, { spinning: false });
  try {
    const outputs: Tensors[] = [];
    for (const feeds of samples) outputs.push(await session.run(feeds, signal ? { signal } : {}));
    return outputs;
  } finally {
    await session.dispose();
  }
}

/** Beyond this an output is as good as equal; a cap keeps one such output from drowning the others. */
const equalDb = 120;

function meanSqnr(reference: readonly Tensors[], outputs: readonly Tensors[]): number {
  const names = Object.keys(reference[0]!).filter((name) => reference[0]![name]!.data instanceof Float32Array);
  const levels = names.map((name) => {
    const distance = createDistance();
    reference.forEach((expected, index) => {
      distance.update(expected[name]!.data as Float32Array, outputs[index]![name]!.data as Float32Array);
    });
    const { sqnrDb } = distance.result();
    return Number.isNaN(sqnrDb) ? -equalDb : Math.min(sqnrDb, equalDb);
  });
  return levels.reduce((sum, level) => sum + level, 0) / Math.max(levels.length, 1);
}
