// npm run bench -- page-methods [--models A,B] [--methods A,B] [--calibration 8] [--evaluate 400]: every method quantizes inside a page of Chromium on
// WebAssembly, and on Node with the same inputs, both with onnxruntime-node and with the page's runtime. The models are judged on Node; the page's own runs on
// WebAssembly too. Prints markdown tables.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Backend, type CalibrationSource, planDifferences, type QuantPlan, type Tensors } from "@halftone/core";
import { nodeBackend } from "@halftone/node";
import { nodeWasmBackend } from "@halftone/web/node";
import { type BenchPage, openPage } from "./page/open-page.ts";
import { quantizeSamples } from "./page/quantize-samples.ts";
import { verdictOf } from "./shared/answers.ts";
import { assetsFolder } from "./shared/assets.ts";
import { machineInWords } from "./shared/machine.ts";
import { openWorkload } from "./shared/open-workload.ts";
import { readingName } from "./shared/reading-workload.ts";
import { tableLines } from "./shared/table-lines.ts";
import type { Answer, Workload } from "./shared/workload.ts";

const { values } = parseArgs({
  options: {
    models: { type: "string", default: `mobilevit-imagenette,${readingName}` },
    methods: { type: "string", default: "min-max,easyquant,fq-vit,ptq4vit,repq-vit,q-hyvit" },
    calibration: { type: "string", default: "8" },
    evaluate: { type: "string", default: "400" },
  },
});
const sizes = { calibration: Number(values.calibration), evaluation: Number(values.evaluate) };
/** Of the evaluation samples, how many the page answers as well. */
const answeredInPage = 24;

const rows: string[][] = [];
for (const model of values.models.split(",")) {
  if (model !== readingName && !existsSync(join(assetsFolder(), "models", model))) {
    console.error(`skipped: ${model} is not in ${assetsFolder()}; set HALFTONE_ASSETS`);
    continue;
  }
  const subject = await openSubject(await openWorkload(model, sizes));
  for (const method of values.methods.split(",")) {
    // A page of its own each, so that no row inherits another's memory.
    const page = await openPage();
    try {
      const row = await measure(subject, method, page).catch((error: unknown) => [model, method, String(error)]);
      console.error(row.join("  "));
      rows.push(row);
    } finally {
      await page.close();
    }
  }
}
console.log(`${sizes.calibration} samples to calibrate and search with, ${sizes.evaluation} to judge; ${machineInWords()}`);
const heads = [
  "model",
  "method",
  "float %",
  "Node %",
  "page %",
  "with the page's runtime on Node",
  "same answers %",
  "scales within",
  "not the same",
  "page s",
  "Node s",
  "page over float inference",
];
console.log(tableLines(heads, rows, 2).join("\n"));

interface Subject {
  readonly workload: Workload;
  readonly model: Uint8Array;
  readonly samples: readonly Tensors[];
  readonly evaluation: readonly Tensors[];
  readonly float: readonly Answer[];
}

async function openSubject(workload: Workload): Promise<Subject> {
  const model = new Uint8Array(readFileSync(workload.model));
  const [samples, evaluation] = [await taken(workload.calibration), await taken(workload.evaluation)];
  return { workload, model, samples, evaluation, float: await answersOf(model, evaluation, workload) };
}

async function measure({ workload, model, samples, evaluation, float }: Subject, method: string, page: BenchPage): Promise<string[]> {
  const made = await page.call("quantize", { model, method, samples });
  const quantizeWith = (backend: Backend) => quantizeSamples({ model, method, samples }, backend);
  const start = performance.now();
  const onNode = await quantizeWith(nodeBackend());
  const seconds = (performance.now() - start) / 1000;
  const sameRuntime = await quantizeWith(nodeWasmBackend());
  const isSame = Buffer.compare(made.model, sameRuntime.model.model) === 0;
  const [ours, theirs] = [await answersOf(made.model, evaluation, workload), await answersOf(onNode.model.model, evaluation, workload)];
  const inPage = await page.call("outputs", made.model, evaluation.slice(0, answeredInPage));
  const agreement = verdictOf(
    inPage.map((output) => workload.answerOf({ output })),
    ours.slice(0, answeredInPage),
    undefined,
  ).agreement;
  const differences = planDifferences(JSON.parse(made.plan) as QuantPlan, onNode.plan);
  for (const difference of differences.others.slice(0, 3)) console.error(`  ${difference}`);
  const share = (answers: readonly Answer[]): string => {
    const { float: kept, quantized, agreement: agreed } = verdictOf(float, answers, workload.truths);
    return percent(answers === float ? (kept ?? agreed) : (quantized ?? agreed));
  };
  return [
    ...[
      workload.name,
      method,
      share(float),
      share(theirs),
      share(ours),
      isSame ? "the same bytes" : "another model",
      percent(agreement),
      differences.scale.toExponential(1),
      `${differences.others.length}`,
    ],
    ...[made.seconds, seconds].map((each) => each.toFixed(1)),
    (made.seconds / made.floatSeconds).toFixed(0),
  ];
}

async function answersOf(model: Uint8Array, samples: readonly Tensors[], { answerOf }: Workload): Promise<readonly Answer[]> {
  const session = await nodeBackend().open({ model });
  try {
    const answers: Answer[] = [];
    for (const feeds of samples) answers.push(answerOf(await session.run(feeds)));
    return answers;
  } finally {
    await session.dispose();
  }
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

async function taken(source: CalibrationSource): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) samples.push(feeds);
  return samples;
}
