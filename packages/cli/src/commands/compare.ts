import { resolve } from "node:path";
import { compare, type ModelComparison } from "@halftone/core";
import { nodeBackend, readModelFiles } from "@halftone/node";
import { Command } from "commander";
import { withLabels } from "../data/labelled.ts";
import { nameSample } from "../data/name-sample.ts";
import { firstSamples, openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";

import { addDataOptions, type DataOptions } from "../options/data.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { realNumber, wholeNumber } from "../options/parse.ts";
import type { Context, Outcome } from "../outcome.ts";
import { comparisonJson } from "../text/comparison-json.ts";
import { beforeAndAfter } from "../text/report-text.ts";
import { plural } from "../text/units.ts";
import { belowTolerance, judge } from "../tolerance.ts";

type Options = OutputOptions & DataOptions & { readonly limit?: number; readonly tolerance?: number };

export function compareCommand(run: Execute): Command {
  const command = new Command("compare")
    .description("run a float and a quantized model on the same inputs")
    .argument("<float>", "float ONNX model")
    .argument("<quantized>", "quantized ONNX model");
  addDataOptions(command, { labels: "optional" });
  command
    .option("--limit <n>", "stop after that many samples", wholeNumber("--limit", 1))
    .option("--tolerance <pct>", "largest loss of top-1 in points; without labels, of agreement", realNumber("--tolerance", 0));
  addOutputOptions(command);
  return command.action((float: string, quantized: string, options: Options) => run(options, (context) => compareFiles(float, quantized, options, context)));
}

async function compareFiles(floatFile: string, quantizedFile: string, options: Options, context: Context): Promise<Outcome> {
  const [float, quantized] = [await readModelFiles(resolve(context.cwd, floatFile)), await readModelFiles(resolve(context.cwd, quantizedFile))];
  const { source, metrics } = await withLabels(firstSamples(await openData(options, float, context), options.limit), options.labels, context);
  const comparison = await nameSample([source], () => compare({ float, quantized, backend: nodeBackend(), source, metrics, ...context }));
  const judgement = options.tolerance === undefined ? undefined : judge(comparison, options.tolerance);
  return {
    json: comparisonJson(comparison),
    text: textOf(comparison),
    ...(judgement?.kept === false && { failure: belowTolerance(judgement) }),
  };
}

function textOf(comparison: ModelComparison): string {
  return `${beforeAndAfter(comparison)}\n\n${plural(comparison.samples, "sample")} compared`;
}
