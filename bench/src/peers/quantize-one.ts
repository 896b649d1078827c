// node quantize-one.js JOB.json: Halftone's side of a job. Answers with one line of JSON on standard output.
import { readFile, writeFile } from "node:fs/promises";
import { type CalibrationSource, type QuantizeOptions, quantize } from "@halftone/core";
import { type MinMaxOptions, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { peakBytes } from "../shared/peak-bytes.ts";
import type { Job, JobCost, JobResult } from "./job.ts";
import { readFeeds } from "./npy-folder.ts";

const variants: Readonly<Record<string, Pick<QuantizeOptions, "autoExclude">>> = {
  default: {},
  "auto-exclude": { autoExclude: { sqnrDb: 20 } },
};

const job: Job = JSON.parse(await readFile(process.argv[2] ?? "", "utf8"));
const result: JobResult = await run(job).catch((error: unknown) => ({ failure: String(error) }));
console.log(JSON.stringify(result));

async function run(job: Job): Promise<JobCost> {
  const source = await readFeeds(job.feeds, job.input);
  const model = { model: await readFile(job.model) };
  const seconds: Record<string, number> = {};
  const before = await floatSeconds(model.model, source);
  const floatPeakBytes = peakBytes();
  const { model: quantized } = await quantize({
    model,
    source,
    method: minMax(calibrationOptions(job)),
    backend: nodeBackend(),
    target: await nodeTarget(),
    verificationSamples: 1,
    ...variants[job.variant],
    onEvent: (event) => {
      if (event.type === "stage-end") seconds[event.stage] = (seconds[event.stage] ?? 0) + event.seconds;
    },
  });
  const peak = peakBytes();
  await writeFile(job.output, quantized.model);
  const after = await floatSeconds(model.model, source);
  const { verify = 0, ...stages } = seconds;
  return {
    floatSeconds: (before + after) / 2,
    calibrationSeconds: seconds["calibrate"] ?? 0,
    totalSeconds: Object.values(stages).reduce((sum, each) => sum + each, 0),
    peakBytes: peak,
    floatPeakBytes,
  };
}

function calibrationOptions({ calibration, percentile }: Job): MinMaxOptions {
  return calibration === "percentile" ? { calibration, percentile } : { calibration };
}

async function floatSeconds(model: Uint8Array, source: CalibrationSource): Promise<number> {
  const session = await nodeBackend().open({ model });
  try {
    for await (const feeds of source) {
      await session.run(feeds);
      break;
    }
    const start = performance.now();
    for await (const feeds of source) await session.run(feeds);
    return (performance.now() - start) / 1000;
  } finally {
    await session.dispose();
  }
}
