import { resolve } from "node:path";
import { formatDecibel, QuantError } from "@halftone/core";
import { readModelFiles } from "@halftone/node";
import { Command } from "commander";
import { nameSample } from "../data/name-sample.ts";
import { firstSamples, openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { names, realNumber, wholeNumber } from "../options/parse.ts";
import { addPluginOption } from "../options/quantization.ts";
import type { Context, Outcome } from "../outcome.ts";
import { openRegistry } from "../plugins/open-registry.ts";
import { alignColumns } from "../text/table.ts";
import { finiteOrNull, plural } from "../text/units.ts";
import { compareRuntimes, type RuntimeComparison } from "../verify/compare-runtimes.ts";
import { madeSamples } from "../verify/made-samples.ts";
import { openRuntime, type Runtime } from "../verify/open-runtime.ts";

interface Options extends OutputOptions {
  readonly targets: readonly string[];
  readonly data?: string;
  readonly preprocess?: string;
  readonly limit: number;
  readonly sqnr: number;
  readonly plugin?: readonly string[];
}

export function verifyCommand(run: Execute): Command {
  const command = new Command("verify")
    .description("run a model on the real runtimes of several targets, and compare what they answer")
    .argument("<model>", "ONNX model, most often a quantized one")
    .requiredOption("--targets <list>", "targets, such as node-cpu-vnni,web-wasm,web-webgpu; all others are compared with the first", names("--targets", 2))
    .option("--data <source>", "folder of images, folder of .npy or .npz files, or .jsonl list (default: random numbers)")
    .option("--preprocess <file>", "how an image becomes an input (JSON), or a card.json with it")
    .option("--limit <n>", "samples to run", wholeNumber("--limit", 1), 4)
    .option("--sqnr <db>", "least signal-to-noise ratio of every output. Below it: exit code 3", realNumber("--sqnr"), leastSqnr);
  addPluginOption(command);
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => verifyFile(model, options, context)));
}

/**
 * Runtimes add in different orders; a value between two steps then falls to either side, and a network carries that on. Wrong kernels are far below:
 * a sign or zero point that is misread leaves less than 5 dB.
 */
const leastSqnr = 20;

async function verifyFile(file: string, { targets, limit, sqnr, ...options }: Options, context: Context): Promise<Outcome> {
  const model = await readModelFiles(resolve(context.cwd, file));
  const registry = await openRegistry({ flags: options.plugin ?? [] }, context.cwd);
  const given = options.data === undefined ? undefined : firstSamples(await openData({ ...options, data: options.data }, model, context), limit);
  const source = given ?? madeSamples(model, limit);
  const runtimes: Runtime[] = [];
  for (const target of targets) runtimes.push(await openRuntime(target, registry));
  const onRuntime = (target: string): void => context.note(`running on ${target}`);
  const work = () => compareRuntimes({ model, runtimes, source, samples: limit, signal: context.signal, onRuntime });
  const comparisons = given ? await nameSample([given], work) : await work();
  const judged = comparisons.map((comparison, index) => ({ ...comparison, agrees: index === 0 || agrees(comparison, sqnr) }));
  const apart = judged.filter((each) => !each.agrees).map(({ target }) => target);
  return {
    json: {
      model: file,
      reference: comparisons[0]!.target,
      count: source.batches ?? null,
      data: options.data ?? null,
      sqnrDb: sqnr,
      targets: judged.map(({ target, outputs, note, failure, agrees: kept }) => ({
        ...{ target, agrees: kept, note: note ?? null, failure: failure ?? null },
        outputs: Object.fromEntries(Object.entries(outputs).map(([name, distance]) => [name, distanceJson(distance)])),
      })),
    },
    text: textOf(judged, given ? plural(given.names.length, "sample") : `${plural(limit, "sample")} of random numbers`),
    ...(apart.length > 0 && { failure: disagree(apart, comparisons[0]!.target, sqnr) }),
  };
}

function agrees({ outputs, failure }: RuntimeComparison, least: number): boolean {
  return failure === undefined && Object.values(outputs).every(({ sqnrDb }) => sqnrDb >= least);
}

function distanceJson({ sqnrDb, cosine, maxError }: RuntimeComparison["outputs"][string]) {
  return { sqnrDb: finiteOrNull(sqnrDb), cosine: finiteOrNull(cosine), maxError: finiteOrNull(maxError) };
}

function textOf(judged: readonly (RuntimeComparison & { readonly agrees: boolean })[], samples: string): string {
  const [first, ...others] = judged;
  const rows = others.flatMap(({ target, outputs, agrees: kept, failure }) => {
    const verdict = kept ? "agrees" : "DISAGREES";
    if (failure !== undefined) return [[target, "", "", "", `FAILED: ${failure}`]];
    return Object.entries(outputs).map(([name, { sqnrDb, cosine, maxError }]) => [
      ...[target, name, sqnrDb === Number.POSITIVE_INFINITY ? "equal" : formatDecibel(sqnrDb)],
      ...[cosine.toFixed(6), maxError.toExponential(1), verdict],
    ]);
  });
  const notes = judged.flatMap(({ target, note }) => (note === undefined ? [] : [`note: ${target}: ${note}`]));
  const heads = ["target", "output", "signal to noise", "cosine", "largest error", ""];
  return [
    `${samples}, compared with ${first!.target}${first!.note === undefined ? "" : ` (${first!.note})`}`,
    "",
    alignColumns([heads, ...rows]),
    ...notes,
  ].join("\n");
}

function disagree(targets: readonly string[], reference: string, sqnrDb: number): QuantError {
  const message = `${targets.join(", ")} and ${reference} do not answer alike: an output is below ${sqnrDb} dB, or the model does not run.`;
  return new QuantError("runtimes-disagree", message, { details: { targets: [...targets], reference, sqnrDb } });
}
