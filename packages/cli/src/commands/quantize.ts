import { basename, resolve } from "node:path";
import { formatPlan, type QuantResult, quantize, renderReport } from "@halftone/core";
import { Command } from "commander";
import { draw } from "../data/draw.ts";
import { withLabels } from "../data/labelled.ts";
import { nameSample } from "../data/name-sample.ts";
import { openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";
import { checkOutputs, type OutputPaths, planBeside, searchBeside } from "../files/output-paths.ts";
import { readFloatModel } from "../files/read-float-model.ts";
import { writeOutputs } from "../files/write-outputs.ts";
import { addDataOptions, type DataOptions } from "../options/data.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { realNumber, wholeNumber } from "../options/parse.ts";
import { addQuantizationOptions, type QuantizationOptions } from "../options/quantization.ts";
import type { Context, Outcome } from "../outcome.ts";
import { readRecipe } from "../recipe.ts";
import { withSearchRecord } from "../search-record.ts";
import { idlePatterns } from "../text/idle-patterns.ts";
import { quantizedJson } from "../text/quantized-json.ts";
import { quantizedText } from "../text/quantized-text.ts";
import { belowTolerance, judge } from "../tolerance.ts";

type Options = OutputOptions &
  DataOptions &
  QuantizationOptions & {
    readonly output: string;
    readonly plan?: string;
    readonly report?: string;
    readonly verify: number;
    readonly tolerance?: number;
    readonly autoExclude?: number;
    readonly resume?: boolean;
  };

export function quantizeCommand(run: Execute): Command {
  const command = new Command("quantize")
    .description("quantize a model with your data, and measure what it cost")
    .argument("<model>", "float ONNX model")
    .requiredOption("-o, --output <out>", "where the quantized model goes");
  addDataOptions(command, { labels: "optional" });
  addQuantizationOptions(command);
  command
    .option("--verify <n>", "samples to verify with, at most, kept apart from calibration where there are enough", wholeNumber("--verify", 1), 256)
    .option("--tolerance <pct>", "largest loss of top-1 in points; without labels, of agreement. Beyond it: exit code 3", realNumber("--tolerance", 0))
    .option("--auto-exclude <db>", "leave nodes in float that alone bring the output below this signal-to-noise ratio", realNumber("--auto-exclude"))
    .option("--plan <file>", "where the plan goes (default: OUT with .plan.json)")
    .option("--report <file>", "write an HTML report")
    .option("--resume", "go on with a search that was interrupted: its finished steps are in OUT with .search.jsonl");
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => quantizeFile(model, options, context)));
}

async function quantizeFile(file: string, options: Options, context: Context): Promise<Outcome> {
  const path = (name: string): string => resolve(context.cwd, name);
  const outputs: OutputPaths = {
    model: path(options.output),
    plan: options.plan === undefined ? planBeside(path(options.output)) : path(options.plan),
    ...(options.report !== undefined && { report: path(options.report) }),
    search: searchBeside(path(options.output)),
  };
  await checkOutputs(outputs, [path(file)]);
  const recipe = await readRecipe(options, context.cwd);
  const { method, target, backend, config, samples, seed, bridges, file: settings } = recipe;
  const tolerance = options.tolerance ?? settings.tolerance;
  const autoExclude = options.autoExclude ?? settings.autoExclude;
  const model = await readFloatModel(path(file), options.shape);
  const data = await openData(options, model, context);
  const drawn = draw(data.names.length, { calibration: samples, verification: options.verify, seed });
  const { source: verification, metrics } = await withLabels(data.pick(drawn.verification), options.labels, context);
  const source = data.pick(drawn.calibration);
  const record = {
    path: outputs.search!,
    name: searchBeside(options.output),
    resume: options.resume === true,
    // Of its options a method's name does not tell.
    identity: recipe.methodOptions,
  };
  const result = await withSearchRecord(record, context, async (checkpoint) => {
    const quantized = await nameSample([verification, source], () =>
      quantize({
        ...{ model, source, verification, metrics, method, backend, target, config, seed },
        search: { ...recipe.search, checkpoint },
        ...(bridges && { bridges }),
        ...(tolerance !== undefined && { tolerance: tolerance / 100 }),
        ...(autoExclude !== undefined && { autoExclude: { sqnrDb: autoExclude } }),
        ...context,
      }),
    );
    await writeOutputs(outputsOf(quantized, outputs, basename(file)), context.signal);
    return quantized;
  });
  for (const pattern of idlePatterns(recipe.excluded, Object.keys(result.plan.nodes))) context.note(`warning: --exclude ${pattern} matches no node`);
  const judgement = tolerance === undefined ? undefined : judge(result.report, tolerance);
  const files = { model: file, output: options.output, plan: options.plan ?? planBeside(options.output), report: options.report };
  const summary = { files, result, target, judgement, drawn };
  return {
    json: quantizedJson(summary),
    text: quantizedText(summary),
    ...(judgement?.kept === false && { failure: belowTolerance(judgement) }),
  };
}

function outputsOf({ model, plan, report }: QuantResult, paths: OutputPaths, title: string) {
  return {
    model: { path: paths.model, files: model },
    texts: new Map([[paths.plan!, formatPlan(plan)], ...(paths.report === undefined ? [] : [[paths.report, renderReport({ title, report, plan })] as const])]),
  };
}
