import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CalibrationSource, type QuantResult, quantize, type Session, type Tensors } from "@halftone/core";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { verdictOf } from "../shared/answers.ts";
import { openWorkload } from "../shared/open-workload.ts";
import { peakBytes } from "../shared/peak-bytes.ts";
import type { Answer, Workload } from "../shared/workload.ts";
import { configs } from "./configs.ts";
import { contenderOf } from "./contender-of.ts";
import { floatAnswers } from "./float-answers.ts";
import { interleavedLatency } from "./latency.ts";
import type { Measurement, RowIdentity } from "./row.ts";

/** A row to measure, and the folder that keeps what rows share. */
export interface RowJob extends RowIdentity {
  readonly folder: string;
}

const latencyInputs = 8;
const latencyRounds = 32;

/** Quantizes first, so that the peak of the process's memory is that of the quantization; then judges. */
export async function measure(job: RowJob): Promise<Measurement> {
  const { result, cost } = await quantizeOnce(job);
  const { model, plan, report } = result;
  const workload = await openWorkload(job.model, { calibration: 0, evaluation: job.evaluate });
  return {
    cost,
    result: {
      ...(await judge(job, workload, model.model)),
      bytes: { float: report.bytes.before, quantized: report.bytes.after },
      ...(report.multiplyAdds && { multiplyAdds: report.multiplyAdds }),
    },
    plan: {
      method: plan.method,
      skipped: Object.keys(plan.skipped).length,
      notes: plan.notes ?? [],
      findings: report.fusion.findings.length,
    },
  };
}

async function quantizeOnce({
  model,
  method,
  config,
  calibration,
  seed,
}: RowIdentity): Promise<{ readonly result: QuantResult; readonly cost: Measurement["cost"] }> {
  const { scope, create } = contenderOf(method);
  const workload = await openWorkload(model, { calibration, evaluation: 0 });
  const stages: Record<string, number> = {};
  let peak = 0;
  const result = await quantize({
    model: { model: await readFile(workload.model) },
    source: workload.calibration,
    method: create(),
    backend: nodeBackend(),
    target: await nodeTarget(),
    config: { scope, ...configs[config] },
    search: { samples: calibration },
    seed,
    verificationSamples: 1,
    onEvent: (event) => {
      if (event.type !== "stage-end" || event.stage === "verify") return;
      stages[event.stage] = event.seconds;
      peak = peakBytes();
    },
  });
  const seconds = Object.values(stages).reduce((sum, each) => sum + each, 0);
  return { result, cost: { seconds, stages, peakMegabytes: peak / 2 ** 20 } };
}

async function judge(
  job: RowJob,
  workload: Workload,
  quantized: Uint8Array,
): Promise<Pick<Measurement["result"], "milliseconds"> & ReturnType<typeof verdictOf>> {
  const { evaluation, truths } = workload;
  const float = await readFile(workload.model);
  const backend = nodeBackend();
  // As in the report of a quantization: the spinning threads of one session would slow the other.
  const sessions = {
    float: await backend.open({ model: float }, { spinning: false }),
    quantized: await backend.open({ model: quantized }, { spinning: false }),
  };
  try {
    const milliseconds = await interleavedLatency(sessions, { feeds: await firstOf(evaluation, latencyInputs), rounds: latencyRounds });
    const kept = join(job.folder, "float", `${job.model}-${job.evaluate}.json`);
    const answers = await floatAnswers(kept, { model: float, samples: evaluation.id }, () => answersOf(sessions.float, workload));
    return { ...verdictOf(answers, await answersOf(sessions.quantized, workload), truths), milliseconds };
  } finally {
    await sessions.float.dispose();
    await sessions.quantized.dispose();
  }
}

async function answersOf(session: Session, { evaluation, answerOf }: Workload): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for await (const feeds of evaluation) answers.push(answerOf(await session.run(feeds)));
  return answers;
}

async function firstOf(source: CalibrationSource, count: number): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) {
    samples.push(feeds);
    if (samples.length === count) break;
  }
  return samples;
}
