import { type Proposal, QuantError, type Trial, type TuneEnd, type TuneOptions, type TuneResult } from "@halftone/core";
import { checkSpace } from "../space/check-space.ts";
import { bestOf } from "./best.ts";
import { openJournal } from "./open-journal.ts";

/** @throws as `Tuner.tune` of core says. */
export async function tune(options: TuneOptions): Promise<TuneResult> {
  check(options);
  const { executor, store, trials: total, onEvent = () => undefined, now = () => performance.now() / 1000 } = options;
  const start = now();
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const finished: Trial[] = [...(await openJournal(store, options.workload, options.space))];
  const running = new Map<number, { readonly proposal: Proposal; readonly end: Promise<void> }>();
  let nextId = finished.reduce((next, { id }) => Math.max(next, id + 1), 0);
  let failure: { readonly cause: unknown } | undefined;

  const launch = (proposal: Proposal): void => {
    const id = nextId++;
    onEvent({ type: "trial-start", id, proposal });
    const end = carryOut(id, proposal)
      .catch((cause: unknown) => {
        if (!(QuantError.is(cause, "aborted") && signal.aborted)) failure ??= { cause };
        stop.abort(cause);
      })
      .finally(() => running.delete(id));
    running.set(id, { proposal, end });
  };
  const carryOut = async (id: number, proposal: Proposal): Promise<void> => {
    const outcome = await executor.execute(proposal, signal);
    // What fails while the search is being stopped says nothing about the candidate.
    if (signal.aborted && outcome.status === "failed") return;
    const trial: Trial = { id, workload: options.workload.id, ...proposal, outcome };
    await store.append({ kind: "trial", trial });
    finished.push(trial);
    onEvent({ type: "trial-end", trial, best: bestOf(finished), done: finished.length, total });
  };
  const reason = (): Exclude<TuneEnd, "exhausted"> | undefined => {
    if (signal.aborted) return "aborted";
    if (hasReachedTarget(finished, options)) return "target";
    if (finished.length >= total) return "trials";
    return now() - start > (options.timeBudgetSeconds ?? Number.POSITIVE_INFINITY) ? "time" : undefined;
  };

  let end: TuneEnd | undefined;
  for (;;) {
    end = reason();
    const free = Math.min(executor.concurrency - running.size, total - finished.length - running.size);
    const proposals = end === undefined && free > 0 ? ask(options, finished, running, free) : [];
    for (const proposal of proposals) launch(proposal);
    if (running.size === 0) break;
    await Promise.race([...running.values()].map((each) => each.end));
  }
  if (failure) throw failure.cause;
  return { best: bestOf(finished), trials: finished, end: end ?? "exhausted" };
}

function ask(options: TuneOptions, finished: readonly Trial[], running: ReadonlyMap<number, { readonly proposal: Proposal }>, count: number) {
  const { space, workload, strategy, others = [], seed = 0 } = options;
  const history = [...finished].sort((one, other) => one.id - other.id);
  return strategy.ask({ space, workload, history, pending: [...running.values()].map(({ proposal }) => proposal), others, count, seed });
}

function hasReachedTarget(finished: readonly Trial[], { targetDrop, workload }: TuneOptions): boolean {
  if (targetDrop === undefined || workload.reference === undefined) return false;
  const best = bestOf(finished);
  return best?.outcome.status === "done" && best.outcome.score >= workload.reference - targetDrop;
}

/** @throws `invalid-config` naming the field. */
function check({ space, trials, executor, targetDrop, workload, others = [] }: TuneOptions): void {
  checkSpace(space);
  if (others.some((other) => other.workload.unit !== workload.unit)) throw invalid("others", "scores of divergence and of shares do not compare");
  if (!Number.isInteger(trials) || trials < 1) throw invalid("trials", `${trials} is not a whole number from 1`);
  if (!Number.isInteger(executor.concurrency) || executor.concurrency < 1)
    throw invalid("executor.concurrency", `${executor.concurrency} is not a whole number from 1`);
  if (targetDrop !== undefined && workload.reference === undefined) throw invalid("targetDrop", "it needs workload.reference, the score of the float model");
}

function invalid(field: string, problem: string): QuantError {
  return new QuantError("invalid-config", `Option "${field}" of the search is not valid: ${problem}.`, { details: { field } });
}
