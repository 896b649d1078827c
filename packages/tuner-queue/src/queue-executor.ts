/**
 * Trials on other machines, through BullMQ on Redis or Valkey. A trial is a job whose id follows from what it is, so it may be asked for again at any time:
 * after a crash of the search, a restart of the server, or both. The answer is read from the job itself and not from an event that could be missed. Workers
 * carry trials out at least once; the journal of the search gets each result once, because only the search writes there.
 */
import { type Executor, type Json, type Outcome, type Proposal, QuantError } from "@halftone/core";
import { type Job, Queue } from "bullmq";
import { connect } from "./connect.ts";
import { defaultQueue, jobIdOf, outcomeOf, type TrialJob } from "./trial-job.ts";

export interface QueueExecutorOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Name of the queue. Default `halftone`. */
  readonly queue?: string;
  /** Id of the workload that the trials are for. */
  readonly workload: string;
  /** What a worker needs to carry out its trials. */
  readonly setup: Json;
  /** Trials in the queue at once. Default 4. */
  readonly concurrency?: number;
}

export interface QueueExecutor extends Executor {
  /** Leaves the queue and what waits in it. */
  close(): Promise<void>;
}

const pollMilliseconds = 100;
/** Seconds that a result stays in the queue for a search that was interrupted. */
const keptSeconds = 24 * 3600;

/** @throws `invalid-config`, `backend-unavailable`. */
export async function queueExecutor({ url, queue: name = defaultQueue, workload, setup, concurrency = 4 }: QueueExecutorOptions): Promise<QueueExecutor> {
  const connection = await connect(url);
  const queue = new Queue(name, { connection });
  queue.on("error", () => undefined);

  const ask = async (id: string, job: TrialJob): Promise<Job> => {
    const found = (await queue.getJob(id)) as Job | undefined;
    return found ?? queue.add("trial", job, { jobId: id, removeOnComplete: { age: keptSeconds } });
  };
  const execute = async (proposal: Proposal, signal: AbortSignal): Promise<Outcome> => {
    const job: TrialJob = { version: 1, workload, setup, proposal };
    const id = await jobIdOf(job);
    for (;;) {
      if (signal.aborted) await withdraw(queue, id, signal);
      const asked = await ask(id, job);
      if (asked.finishedOn !== undefined) {
        if (asked.failedReason === undefined) return outcomeOf(asked.returnvalue);
        // Not kept: a search that is begun again may try it again.
        await asked.remove();
        return { status: "failed", code: "backend-failed", message: `The workers that took up the trial were lost: ${asked.failedReason}.` };
      }
      await pause(signal);
    }
  };
  return {
    concurrency,
    execute,
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
}

/** Takes back what nobody has begun; a trial that is being carried out is left to its worker. */
async function withdraw(queue: Queue, id: string, { reason }: AbortSignal): Promise<never> {
  await queue.remove(id).catch(() => undefined);
  throw new QuantError("aborted", "The trial was stopped with the search.", { cause: reason });
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, pollMilliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
