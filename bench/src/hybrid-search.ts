// npm run bench -- hybrid-search [MODEL] [--bits w4a4] [--trials 16] [--methods A,B]: a search of the space `full` over all methods, against the default of
// each at the same widths. Every second evaluation sample scores the trials; the others, which the search never sees, judge. A trial whose model is more than
// 3 % larger than the smallest default has failed. Interrupted, it goes on where it was: trials and answers are kept in bench/out.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Calibration, minMax } from "@halftone/min-max";
import { nodeBackend, nodeTarget, readModelFiles } from "@halftone/node";
import { boostedTrees, enumerate, fullSpace, pipelineExecutor, tune } from "@halftone/tuner";
import { journalFile } from "@halftone/tuner/node";
import { answer, withinBytes } from "./hybrid/answering.ts";
import { openAnswers } from "./hybrid/answers-file.ts";
import { differenceOf } from "./hybrid/difference.ts";
import { createHalves, isHeldOut, rightShare } from "./hybrid/halves.ts";
import { contenders } from "./methods/contenders.ts";
import { assetsFolder } from "./shared/assets.ts";
import { held, sourceOf } from "./shared/held.ts";
import { imageWorkload } from "./shared/image-workload.ts";
import { spread } from "./shared/spread.ts";
import { tableLines } from "./shared/table-lines.ts";

const { positionals, values: flags } = parseArgs({
  allowPositionals: true,
  options: {
    bits: { type: "string", default: "w4a4" },
    trials: { type: "string", default: "16" },
    methods: { type: "string", default: "min-max,easyquant,fq-vit,ptq4vit,repq-vit,q-hyvit" },
  },
});
const [name = "mobilevit-imagenette"] = positionals;
const methods = flags.methods.split(",");
/** As many as the command line calibrates with by default. */
const usualImages = 128;
const allowedGrowth = 1.03;

if (!existsSync(join(assetsFolder(), "models", name))) console.log(`skipped: ${name} is not in ${assetsFolder()}; set HALFTONE_ASSETS`);
else await search();

async function search(): Promise<void> {
  const workload = imageWorkload(assetsFolder(), name, { calibration: 256, evaluation: Number.POSITIVE_INFINITY });
  const truths = workload.truths as readonly number[];
  const samples = await held(workload.calibration);
  const space = fullSpace({ images: [32, usualImages], methods, bits: [flags.bits], sensitive: [0, 2, 4] });
  const halves = createHalves(truths);
  const executor = await pipelineExecutor({
    ...{ model: await readModelFiles(workload.model), backend: nodeBackend(), target: await nodeTarget(), metrics: halves.metrics, space },
    calibration: (images) => sourceOf(`calibration ${images}`, spread(samples, images)),
    evaluation: sourceOf("evaluation", await held(workload.evaluation)),
    method: (method, { calibration }) =>
      method === "min-max" && calibration !== undefined ? minMax({ calibration: calibration as Calibration }) : contenders[method]!.create(),
  });
  const float = halves.lastAnswers();
  const place = (suffix: string): string => fileURLToPath(new URL(`../out/hybrid/${name}-${flags.bits}${suffix}.jsonl`, import.meta.url));
  const answering = { executor, halves, answers: await openAnswers(place("-answers")) };

  const defaults = [];
  for (const method of methods) {
    const answered = await answer({ method, bits: flags.bits, images: usualImages }, answering);
    console.error(`${method}: ${percent(rightShare(answered.answers, truths, (sample) => !isHeldOut(sample)))} in ${answered.seconds.toFixed(0)} s`);
    defaults.push({ method, ...answered });
  }
  const most = allowedGrowth * Math.min(...defaults.map(({ bytes }) => bytes));
  const restricted = executor.restrict(space);
  const { best, trials } = await tune({
    ...{ workload: executor.workload, space: restricted, strategy: boostedTrees(), trials: Number(flags.trials) },
    executor: withinBytes(most, answering),
    store: journalFile(place("")),
    onEvent: (event) => {
      if (event.type === "trial-end") console.error(`${event.done}: ${JSON.stringify(event.trial.candidate)} ${JSON.stringify(event.trial.outcome)}`);
    },
  });
  const winner = best && answering.answers.find(best.candidate);
  if (winner === undefined) throw new Error("No trial has a result.");
  const rows = [
    ["float", ...shares(float), "", ""],
    ...defaults.map(({ method, ...each }) => [`${method}, its default`, ...shares(each.answers), size(each.bytes), gain(winner.answers, each.answers)]),
    ["the search's best", ...shares(winner.answers), size(winner.bytes), ""],
  ];
  console.log(`${name}, ${flags.bits}: ${trials.length} trials of ${enumerate(restricted).length} candidates; best ${JSON.stringify(best!.candidate)}\n`);
  console.log(tableLines(["", "top-1, seen by the search", "top-1, held out", "kB", "the search gains, held out (standard error)"], rows, 1).join("\n"));

  function shares(answers: readonly number[]): readonly string[] {
    return [percent(rightShare(answers, truths, (sample) => !isHeldOut(sample))), percent(rightShare(answers, truths, isHeldOut))];
  }
  function gain(one: readonly number[], other: readonly number[]): string {
    const { gain: more, standardError } = differenceOf(one, other, truths);
    return `${more > 0 ? "+" : ""}${percent(more)} (${percent(standardError)})`;
  }
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}

function size(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}
