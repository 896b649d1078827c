import { resolve } from "node:path";
import { QuantError, type Target, type TuneResult } from "@halftone/core";
import { nodeTarget, readModelFiles } from "@halftone/node";
import { enumerate, strategyByName, tune } from "@halftone/tuner";
import { Command } from "commander";
import { openData } from "../data/open-data.ts";
import type { Execute } from "../execute.ts";
import { checkOutputs, type OutputPaths, planBeside } from "../files/output-paths.ts";
import { addDataOptions, type DataOptions } from "../options/data.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { addPluginOption } from "../options/quantization.ts";
import { addExecutorOptions, addSearchOptions, type LimitFlags, type SearchFlags } from "../options/search.ts";
import type { Context, Outcome } from "../outcome.ts";
import { openRegistry } from "../plugins/open-registry.ts";
import { openJournalFile, readTransfers } from "../tune/open-journal.ts";
import { type OpenedSpace, openSpace } from "../tune/open-space.ts";
import { openTrials } from "../tune/open-trials.ts";
import { distanceOf } from "../tune/score-unit.ts";
import { searchJson } from "../tune/search-json.ts";
import { searchText } from "../tune/search-text.ts";
import type { TrialSetup } from "../tune/setup.ts";
import { showSearch } from "../tune/show-search.ts";
import type { SearchSummary } from "../tune/summary.ts";
import { winnerOf } from "../tune/winner.ts";
import { withExecutor } from "../tune/with-executor.ts";
import { writeSearch } from "../tune/write-search.ts";

type Options = OutputOptions & DataOptions & SearchFlags & LimitFlags & { readonly output?: string; readonly plan?: string; readonly report?: string };

export function tuneCommand(run: Execute): Command {
  const command = new Command("tune")
    .description("search for the configuration that keeps the model most accurate on your data")
    .argument("<model>", "float ONNX model")
    .option("-o, --output <out>", "where the winner's quantized model goes (default: nothing is written but the journal)")
    .option("--plan <file>", "where its plan goes (default: OUT with .plan.json)")
    .option("--report <file>", "write an HTML report of the search");
  addDataOptions(command, { labels: "optional" });
  addSearchOptions(command);
  addExecutorOptions(command);
  addPluginOption(command);
  addOutputOptions(command);
  return command.action((model: string, options: Options) => run(options, (context) => tuneFile(model, options, context)));
}

async function tuneFile(file: string, options: Options, context: Context): Promise<Outcome> {
  const outputs = outputsOf(options, context.cwd);
  await checkOutputs(outputs, [resolve(context.cwd, file)]);
  const strategy = strategyByName(options.strategy);
  const registry = await openRegistry({ flags: options.plugin ?? [] }, context.cwd);
  const target = options.target === undefined ? await nodeTarget() : await registry.target(options.target);
  const store = await openJournalFile(options.journal, options.resume === true, context.cwd);
  const others = await readTransfers(options, context.cwd);
  const data = await openData(options, await readModelFiles(resolve(context.cwd, file)), context);
  const opened = await openSpace(options, { samples: data.names.length, plugins: registry.plugins, cwd: context.cwd });
  const setup = setupOf(file, options, target, opened);
  const trials = await openTrials(setup, options.plugin ?? [], context);
  const { workload } = trials.executor;
  const space = trials.executor.restrict(opened.space);
  const now = () => performance.now() / 1000;
  const result = await withExecutor(trials, setup, options, context, (executor) =>
    tune({
      ...{ workload, space, strategy, executor, store, others, trials: options.trials, seed: options.seed, signal: context.signal, now },
      ...(options.timeBudget !== undefined && { timeBudgetSeconds: options.timeBudget }),
      ...(options.targetDrop !== undefined && { targetDrop: distanceOf(options.targetDrop, workload.unit) }),
      onEvent: showSearch(context, workload.unit, now),
    }),
  );
  const winner = winnerOf(result, workload, options);
  const written = winner !== undefined && outputs.model !== undefined;
  const summary: SearchSummary = {
    files: {
      ...{ model: file, journal: options.journal, report: options.report },
      output: written ? options.output : undefined,
      plan: written ? (options.plan ?? planBeside(options.output!)) : undefined,
    },
    ...{ target: target.name, strategy: strategy.name, seed: options.seed, space, candidates: enumerate(space).length },
    ...{ workload, metric: trials.metrics[0]?.name ?? options.score ?? "agreement", result, winner },
  };
  await writeSearch(summary, trials, outputs);
  return { json: searchJson(summary), text: searchText(summary), ...failureOf(result, written) };
}

function outputsOf({ output, plan, report, journal }: Options, cwd: string): Partial<OutputPaths> {
  if (plan !== undefined && output === undefined) {
    throw new QuantError("invalid-config", "--plan: the plan is written with the model; name the model's file too, with -o.", { details: { field: "--plan" } });
  }
  return {
    journal: resolve(cwd, journal),
    ...(report !== undefined && { report: resolve(cwd, report) }),
    ...(output !== undefined && { model: resolve(cwd, output), plan: resolve(cwd, plan ?? planBeside(output)) }),
  };
}

function setupOf(model: string, options: Options, target: Target, { space, images }: OpenedSpace): TrialSetup {
  const { data, labels, preprocess, score, seed, evaluation, searchSamples, maxMemory } = options;
  return {
    ...{ model, data, target: target.name, seed, calibration: images, evaluation, space: space as TrialSetup["space"] },
    ...(labels !== undefined && { labels }),
    ...(preprocess !== undefined && { preprocess }),
    ...(score !== undefined && { score }),
    ...(searchSamples !== undefined && { searchSamples }),
    ...(maxMemory !== undefined && { maxMemoryMB: maxMemory }),
  };
}

function failureOf({ end, best, trials }: TuneResult, written: boolean): Pick<Outcome, "failure"> {
  if (end === "aborted") {
    const what = written ? "the best so far was written" : "nothing was written but the journal";
    return { failure: new QuantError("aborted", `Interrupted after ${trials.length} trials; ${what}. The same command with --resume goes on.`) };
  }
  if (best !== undefined) return {};
  if (trials.length === 0) {
    return {
      failure: new QuantError("invalid-config", "--time-budget: it was over before the first trial began; give more.", { details: { field: "--time-budget" } }),
    };
  }
  const failed = trials.find(({ outcome }) => outcome.status === "failed")?.outcome;
  const why = failed?.status === "failed" ? ` The first failed with ${failed.code}: ${failed.message}` : "";
  return { failure: new QuantError("nothing-quantized", `None of ${trials.length} trials has a result.${why}`) };
}
