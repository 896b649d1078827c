import { type Backend, type CalibrationSource, evaluate, type Metric, type ModelFiles, QuantError, type Tensor, topK, type Workload } from "@halftone/core";
import { klDivergence } from "../objective/divergence.ts";

/** How trials are scored, and what the float model reaches. */
export interface Reference {
  /** The first is the score. */
  readonly metrics: readonly Metric[];
  /** Of the float model, in the unit of the first metric. */
  readonly score: number;
  readonly unit?: Workload["unit"];
}

/** How often the first class is the float model's, or how far the distribution over all classes is from its: see `klDivergence`. */
export type LabelFreeScore = "agreement" | "kl";

export interface ReferenceOptions {
  readonly model: ModelFiles;
  readonly backend: Backend;
  readonly source: CalibrationSource;
  /** Of the user, such as top-1 on labelled data. Default: `score`. */
  readonly metrics?: readonly Metric[];
  /** Without metrics. Default `agreement`; `kl` holds the first output for every sample of the source in memory. */
  readonly score?: LabelFreeScore;
  readonly signal?: AbortSignal;
}

type Run = Omit<ReferenceOptions, "metrics" | "score">;

/** Runs the float model once. @throws `invalid-data` without metrics where the first output is no class scores. */
export async function floatReference({ metrics, score = "agreement", ...run }: ReferenceOptions): Promise<Reference> {
  if (metrics === undefined || metrics.length === 0) return score === "kl" ? ownDistributions(run) : ownClasses(run);
  const { metrics: measured } = await evaluate({ ...run, metrics });
  return { metrics, score: measured[metrics[0]!.name]! };
}

async function ownDistributions(run: Run): Promise<Reference> {
  const answers: Tensor[] = [];
  await evaluate({ ...run, metrics: [recordFirstOutputs(answers)] });
  return { metrics: [klDivergence(answers)], score: 0, unit: "nats" };
}

async function ownClasses(run: Run): Promise<Reference> {
  const classes: number[] = [];
  await evaluate({ ...run, metrics: [recordFirstClasses(classes)] });
  if (classes.length === 0) {
    throw new QuantError(
      "invalid-data",
      "Without labels trials are scored by class, but the first output of the model is no class scores [N, classes]; hand in a metric.",
      {
        details: { field: "metrics" },
      },
    );
  }
  return { metrics: [{ ...topK(1, classes), name: "agreement" }], score: 1 };
}

function recordFirstOutputs(answers: Tensor[]): Metric {
  return {
    name: "outputs",
    create: () => ({
      update: (outputs) => void answers.push(structuredClone(Object.values(outputs)[0]!)),
      result: () => answers.length,
    }),
  };
}

function recordFirstClasses(classes: number[]): Metric {
  return {
    name: "classes",
    create: () => ({
      update: (outputs) => {
        const first = Object.values(outputs)[0];
        const [rows, count] = first?.shape ?? [];
        if (first?.shape.length !== 2 || count! < 2 || !(first.data instanceof Float32Array)) return;
        for (let row = 0; row < rows!; row++) classes.push(indexOfLargest(first.data.subarray(row * count!, (row + 1) * count!)));
      },
      result: () => classes.length,
    }),
  };
}

/** The lower index of equals. */
function indexOfLargest(scores: Float32Array): number {
  return scores.reduce((best, score, index) => (score > scores[best]! ? index : best), 0);
}
