import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askProcess } from "../shared/ask-process.ts";

export type Tool = "halftone" | "onnxruntime";
export type Calibration = "max" | "percentile" | "entropy";

/** One quantization, run in a process of its own, so that the peak of its memory is that of the job. */
export interface Job {
  readonly model: string;
  readonly input: string;
  /** Folder of the calibration samples, one .npy each. */
  readonly feeds: string;
  readonly ragged: boolean;
  readonly convertTo: number | null;
  readonly calibration: Calibration;
  /** Share of values to keep, in percent. */
  readonly percentile: number;
  readonly variant: string;
  /** Folder for intermediate files. */
  readonly work: string;
  readonly output: string;
}

export interface JobCost {
  /** Plain inference of the float model over the calibration samples, in the same process: the mean of once before and once after. */
  readonly floatSeconds: number;
  readonly calibrationSeconds: number;
  /** All of it, without verification. */
  readonly totalSeconds: number;
  readonly peakBytes: number;
  /** The peak before quantization, after plain inference of the float model. */
  readonly floatPeakBytes: number;
}

export type JobResult = JobCost | { readonly failure: string };

/** Runs the command with the job's file and reads its answer. */
export async function runJob(command: readonly string[], job: Job): Promise<JobResult> {
  const path = join(job.work, "job.json");
  await writeFile(path, JSON.stringify(job));
  return askProcess([...command, path]);
}
