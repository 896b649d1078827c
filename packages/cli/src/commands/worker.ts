import { hostname } from "node:os";
import { Command } from "commander";
import type { Execute } from "../execute.ts";
import { addOutputOptions, type OutputOptions } from "../options/output.ts";
import { duration } from "../options/parse.ts";
import { addPluginOption } from "../options/quantization.ts";
import { addLimitOptions, type LimitFlags } from "../options/search.ts";
import type { Context, Outcome } from "../outcome.ts";
import { plural } from "../text/units.ts";
import { candidateText } from "../tune/candidate-text.ts";
import { isolatedTrials } from "../tune/isolated-trials.ts";
import { loadQueue } from "../tune/load-queue.ts";
import { parseSetup } from "../tune/setup.ts";

type Options = OutputOptions & LimitFlags & { readonly queue: string; readonly lostAfter: number; readonly plugin?: readonly string[] };

export function workerCommand(run: Execute): Command {
  const command = new Command("worker")
    .description("carry out trials of searches on other machines; start it in a folder with the same files as the search")
    .requiredOption("--queue <url>", "Redis or Valkey, at redis://host:6379")
    .option(
      "--lost-after <time>",
      "a worker that was not heard of for so long is taken for lost, and its trial given to another",
      duration("--lost-after"),
      30,
    );
  addLimitOptions(command);
  addPluginOption(command);
  addOutputOptions(command);
  return command.action((options: Options) => run(options, (context) => work(options, context)));
}

/** Until Ctrl-C, which is how a worker ends when all is well. */
async function work({ queue, lostAfter, plugin: plugins = [], ...limits }: Options, { cwd, signal, note }: Context): Promise<Outcome> {
  const { trialWorker } = await loadQueue();
  let [done, failed] = [0, 0];
  await trialWorker({
    ...{ url: queue, signal, lostAfterSeconds: lostAfter },
    open: async (setup, workload) => isolatedTrials({ setup: parseSetup(setup), plugins, cwd, workload }, 1, limits),
    onEvent: (event) => {
      const what = candidateText(event.proposal.candidate);
      if (event.type === "trial-start") return note(`begins ${what}`);
      if (event.answer.kind === "error") return note(`cannot carry out ${what}: ${event.answer.code}, ${event.answer.message}`);
      if (event.answer.outcome.status === "done") done++;
      else failed++;
      return note(`ended ${what}: ${event.answer.outcome.status}`);
    },
  });
  return { json: { worker: hostname(), trials: { done, failed } }, text: `${plural(done, "trial")} done, ${failed} failed` };
}
