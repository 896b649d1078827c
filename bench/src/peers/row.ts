import { readFile } from "node:fs/promises";
import { compare } from "@halftone/core";
import { nodeBackend } from "@halftone/node";
import { createJudge, type Verdict } from "../shared/answers.ts";
import type { Workload } from "../shared/workload.ts";
import type { Calibration, JobResult, Tool } from "./job.ts";

/** One line of the table: what a tool made of a model, and what that cost. */
export interface Row {
  readonly workload: string;
  readonly quality: string;
  readonly tool: Tool;
  readonly variant: string;
  readonly calibration: Calibration;
  /** Why there is no result. */
  readonly failure?: string;
  readonly cost?: {
    /** Calibration over plain float inference of the same samples in the same process. */
    readonly calibrationRatio: number;
    readonly totalSeconds: number;
    readonly peakMegabytes: number;
    /** What plain inference of the float model takes in the same process. */
    readonly floatPeakMegabytes: number;
  };
  readonly result?: Verdict & {
    readonly samples: number;
    readonly sqnrDb: number;
    /** Quantized over float. */
    readonly sizeRatio: number;
    /** Float over quantized, of the medians of interleaved runs in one process. */
    readonly latencyRatio: number;
  };
}

/** Runs the quantized model beside the float model, both in onnxruntime-node with the same session options. */
export async function measure(workload: Workload, quantizedPath: string, identity: Omit<Row, "failure" | "cost" | "result">, job: JobResult): Promise<Row> {
  if ("failure" in job) return { ...identity, failure: job.failure };
  const judge = createJudge(workload);
  const comparison = await compare({
    float: { model: await readFile(workload.model) },
    quantized: { model: await readFile(quantizedPath) },
    backend: nodeBackend(),
    source: workload.evaluation,
    metrics: judge.metrics,
  });
  const { bytes, latency, samples, outputs } = comparison;
  return {
    ...identity,
    cost: {
      calibrationRatio: job.calibrationSeconds / job.floatSeconds,
      totalSeconds: job.totalSeconds,
      peakMegabytes: job.peakBytes / 2 ** 20,
      floatPeakMegabytes: job.floatPeakBytes / 2 ** 20,
    },
    result: {
      ...judge.verdict(),
      samples,
      sqnrDb: Object.values(outputs)[0]?.sqnrDb ?? Number.NaN,
      sizeRatio: bytes.after / bytes.before,
      latencyRatio: latency.float / latency.quantized,
    },
  };
}
