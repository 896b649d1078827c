import { type Executor, type Json, QuantError } from "@halftone/core";
import type { LimitFlags, SearchFlags } from "../options/search.ts";
import type { Context } from "../outcome.ts";
import { isolatedTrials } from "./isolated-trials.ts";
import { loadQueue } from "./load-queue.ts";
import type { Trials } from "./open-trials.ts";
import { portableSetup, type TrialSetup } from "./setup.ts";

type Flags = Pick<SearchFlags, "isolate" | "queue" | "parallel" | "plugin"> & LimitFlags;

/** In this process, in others on this machine, or on other machines. What was started for it ends with the work. */
export async function withExecutor<Result>(
  { executor }: Trials,
  setup: TrialSetup,
  flags: Flags,
  { cwd, note }: Context,
  work: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  const { isolate, queue: url, parallel, plugin: plugins = [] } = flags;
  const workload = executor.workload.id;
  checkFlags(flags);
  if (url !== undefined) {
    const { queueExecutor } = await loadQueue();
    const queued = await queueExecutor({ url, workload, setup: portableSetup(setup, cwd) as Json, ...(parallel !== undefined && { concurrency: parallel }) });
    note("trials wait in the queue for halftone worker");
    return work(queued).finally(() => queued.close());
  }
  if (isolate !== true) return work(executor);
  const isolated = isolatedTrials({ setup, plugins, cwd, workload }, parallel ?? 1, flags);
  return work(isolated).finally(() => isolated.end());
}

function checkFlags({ isolate, queue, parallel, trialTimeout, trialMemory }: Flags): void {
  const refuse = (flag: string, advice: string): never => {
    throw new QuantError("invalid-config", `${flag}: ${advice}.`, { details: { field: flag } });
  };
  if (parallel !== undefined && isolate !== true && queue === undefined) refuse("--parallel", "trials in one process come one after the other; add --isolate");
  for (const [flag, value] of [["--trial-timeout", trialTimeout] as const, ["--trial-memory", trialMemory] as const]) {
    if (value === undefined || isolate === true) continue;
    refuse(flag, queue === undefined ? "a trial can be stopped in a process of its own only; add --isolate" : "give the limit to halftone worker");
  }
}
