/**
 * Trials in processes of their own: one that crashes the runtime, never ends or takes all memory is a failed trial, and the search goes on. A process is
 * kept for the next trial, so that what trials share is still done once for each; after a failure of that kind a new one takes its place.
 */
import { type Executor, type Json, type Outcome, type Proposal, QuantError } from "@halftone/core";
import { residentBytes } from "./resident-bytes.ts";
import { type Death, startTrialChild, type TrialChild } from "./trial-child.ts";

export interface ChildExecutorOptions {
  /** URL of an ES module whose default export is an `OpenTrials`. */
  readonly module: string;
  /** Handed to it in every process. */
  readonly setup: Json;
  /** Processes at once. Default 1. */
  readonly concurrency?: number;
  /** A trial that takes longer fails. Default: no limit. */
  readonly timeoutSeconds?: number;
  /** A trial whose process occupies more than that (MB) fails; on Linux only. Default: no limit. */
  readonly maxMemoryMB?: number;
}

export interface ChildExecutor extends Executor {
  /** Ends the processes. */
  end(): Promise<void>;
}

const watchMilliseconds = 100;
const bytesPerMB = 1024 * 1024;

/** A module that cannot be opened ends the search: `execute` rejects with what it threw. */
export function childExecutor(options: ChildExecutorOptions): ChildExecutor {
  const idle: TrialChild[] = [];
  const all = new Set<TrialChild>();

  const open = async (signal: AbortSignal): Promise<TrialChild> => {
    const child = idle.pop();
    if (child?.alive) return child;
    if (child) all.delete(child);
    const fresh = startTrialChild();
    all.add(fresh);
    const answer = await killedBy(signal, fresh, () => fresh.request({ kind: "open", module: options.module, setup: options.setup }));
    if (answer.kind === "opened") return fresh;
    all.delete(fresh);
    fresh.kill("it could not be opened");
    if (signal.aborted) throw aborted(signal);
    if (answer.kind === "failed") throw new QuantError(answer.code, answer.message, { details: answer.details });
    throw new QuantError("backend-unavailable", `The process for trials could not start: it ended with ${describe(answer as Death)}`);
  };
  const execute = async (proposal: Proposal, signal: AbortSignal): Promise<Outcome> => {
    if (signal.aborted) throw aborted(signal);
    const child = await open(signal);
    const stop = watch(child, options);
    const answer = await killedBy(signal, child, () => child.request({ kind: "trial", proposal })).finally(stop);
    if (child.alive) idle.push(child);
    else all.delete(child);
    if (answer.kind === "outcome") return answer.outcome;
    if (signal.aborted) throw aborted(signal);
    if (answer.kind === "failed") throw new QuantError(answer.code, answer.message, { details: answer.details });
    return { status: "failed", code: "backend-failed", message: `The process of the trial ended: ${describe(answer as Death)}` };
  };
  return {
    concurrency: options.concurrency ?? 1,
    execute,
    end: async () => {
      await Promise.all([...all].map((child) => child.end()));
      all.clear();
    },
  };
}

/** Kills a process that overstays or outgrows its limits. */
function watch(child: TrialChild, { timeoutSeconds, maxMemoryMB }: ChildExecutorOptions): () => void {
  const timers: NodeJS.Timeout[] = [];
  if (timeoutSeconds !== undefined) timers.push(setTimeout(() => child.kill(`it took longer than ${timeoutSeconds} s`), 1000 * timeoutSeconds));
  if (maxMemoryMB !== undefined && child.pid !== undefined) {
    const check = async (): Promise<void> => {
      const bytes = (await residentBytes(child.pid!)) ?? 0;
      if (bytes > maxMemoryMB * bytesPerMB) child.kill(`it took more than ${maxMemoryMB} MB of memory`);
    };
    timers.push(setInterval(check, watchMilliseconds));
  }
  return () => timers.forEach(clearTimeout);
}

async function killedBy<Result>(signal: AbortSignal, child: TrialChild, work: () => Promise<Result>): Promise<Result> {
  const kill = (): void => child.kill("the search was stopped");
  signal.addEventListener("abort", kill, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function describe({ reason, words }: Death): string {
  return `${reason}.${words === "" ? "" : ` Its last words: ${words}`}`;
}

function aborted(signal: AbortSignal): QuantError {
  return new QuantError("aborted", "The trial was stopped with the search.", { cause: signal.reason });
}
