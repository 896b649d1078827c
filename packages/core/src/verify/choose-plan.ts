/**
 * The best of several plans for one model: the one whose outputs stay closest to the float model's, by SQNR averaged over
 * the outputs, on a few calibration samples. No labels are needed, and the samples were seen by calibration anyway. A
 * Softmax at an output is left out of the comparison: it saturates, and hides what its input lost.
 */
import { cloneModel, type Model } from "../ir/index.ts";
import { createDistance } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { modelToDeploy } from "../rewrite/index.ts";
import type { Backend, ModelFiles, QuantPlan, Target, Tensor, Tensors } from "../spec/index.ts";

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
  const reference = await outputsOf(options, beforeSoftmax(cloneModel(options.model)));
  let best: { readonly plan: QuantPlan; readonly sqnrDb: number } | undefined;
  for (const plan of options.plans) {
    const sqnrDb = meanSqnr(reference, await outputsOf(options, beforeSoftmax(await modelToDeploy(options.model, plan, options.target))));
    options.onPlan?.(plan, sqnrDb);
    if (!best || sqnrDb > best.sqnrDb) best = { plan, sqnrDb };
  }
  return best!.plan;
}

function beforeSoftmax(model: Model): ModelFiles {
  model.graph.outputs.forEach((output, index) => {
    const scores = output.producer?.op === "Softmax" ? output.producer.inputs[0] : undefined;
    if (scores && !scores.isOutput) model.graph.setOutput(index, scores);
  });
  return writeModel(model);
}

/** The outputs of one run, in the model's order: rewriting may have renamed them. */
type Run = readonly Tensor[];

async function outputsOf({ backend, samples, signal }: ChoosePlanOptions, files: ModelFiles): Promise<readonly Run[]> {
  const session = await backend.open(files, { spinning: false });
  try {
    const runs: Run[] = [];
    for (const feeds of samples) {
      const outputs = await session.run(feeds, signal ? { signal } : {});
      runs.push(session.outputs.map((name) => outputs[name]!));
    }
    return runs;
  } finally {
    await session.dispose();
  }
}

/** Beyond this an output is as good as equal; a cap keeps one such output from drowning the others. */
const equalDb = 120;

function meanSqnr(reference: readonly Run[], runs: readonly Run[]): number {
  const positions = reference[0]!.flatMap((tensor, position) => (tensor.data instanceof Float32Array ? [position] : []));
  const levels = positions.map((position) => {
    const distance = createDistance();
    reference.forEach((expected, index) => {
      distance.update(expected[position]!.data as Float32Array, runs[index]![position]!.data as Float32Array);
    });
    const { sqnrDb } = distance.result();
    return Number.isNaN(sqnrDb) ? -equalDb : Math.min(sqnrDb, equalDb);
  });
  return levels.reduce((sum, level) => sum + level, 0) / Math.max(levels.length, 1);
}
