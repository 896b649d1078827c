/** What carries out trials in a process of its own: for `tune --isolate`, and below every `worker`. */
import { type Json, QuantError } from "@halftone/core";
import type { TrialHost } from "@halftone/tuner/node";
import { openTrials } from "./open-trials.ts";
import type { TrialSetup } from "./setup.ts";

/** Made by the process above, which has checked it. */
export interface HostSetup {
  readonly setup: TrialSetup;
  readonly plugins: readonly string[];
  readonly cwd: string;
  /** Id of the workload that the search is for. */
  readonly workload: string;
}

/** @throws `journal-mismatch` when the files here are not those of the search. */
export default async function openHost(json: Json): Promise<TrialHost> {
  const { setup, plugins, cwd, workload } = json as unknown as HostSetup;
  const { signal } = new AbortController();
  const { executor } = await openTrials(setup, plugins, { cwd, signal, onEvent: () => undefined, note: () => undefined });
  if (executor.workload.id === workload) return executor;
  throw new QuantError("journal-mismatch", "Model, data or target of this process are not those of the search; give every worker the same files.", {
    details: { field: "workload", found: executor.workload.id, wanted: workload },
  });
}
