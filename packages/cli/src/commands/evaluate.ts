import { resolve } from "node:path";
import { evaluate, formatSeconds, formatShare } from "@halftone/core";
import { nodeBackend, readModelFiles } from "@halftone/node";
import { Command } from "commander";
import { withLabels } from "../data/labelled.ts";
import { nameSample } from "../data/name-sample.ts";
import { firstSamples, openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";

import { addDataOptions, type DataOptions } from "../options/data.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { wholeNumber } from "../options/parse.ts";
import type { Context, Outcome } from "../outcome.ts";
import { milliseconds, percent } from "../text/units.ts";

type Options = OutputOptions & DataOptions & { readonly limit?: number };

export function evaluateCommand(run: Execute): Command {
  const command = new Command("evaluate").description("measure top-1 and top-5 accuracy, in percent").argument("<model>", "ONNX model, float or quantized");
  addDataOptions(command, { labels: "required" });
  command.option("--limit <n>", "stop after that many samples", wholeNumber("--limit", 1));
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => evaluateFile(model, options, context)));
}

async function evaluateFile(file: string, options: Options, context: Context): Promise<Outcome> {
  const model = await readModelFiles(resolve(context.cwd, file));
  const { source, metrics } = await withLabels(firstSamples(await openData(options, model, context), options.limit), options.labels, context);
  const { samples, latency, metrics: results } = await nameSample([source], () => evaluate({ model, backend: nodeBackend(), source, metrics, ...context }));
  const { top1, top5 } = results as { readonly top1: number; readonly top5: number };
  return {
    json: { top1: percent(top1), top5: percent(top5), count: samples, latencyMs: milliseconds(latency) },
    text: `top-1 ${formatShare(top1)}, top-5 ${formatShare(top5)} of ${samples} samples; median latency ${formatSeconds(latency)}`,
  };
}
