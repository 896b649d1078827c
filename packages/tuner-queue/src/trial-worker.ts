import { type Json, type Outcome, type Proposal, QuantError } from "@halftone/core";
import { type Job, WaitingError, Worker } from "bullmq";
import { connect } from "./connect.ts";
import { defaultQueue, parseJob, type TrialAnswer, type TrialJob } from "./trial-job.ts";

/** Carries out the trials of one search. */
export interface Host {
  execute(proposal: Proposal, signal: AbortSignal): Promise<Outcome>;
  end?(): Promise<void>;
}

/** Opens what a setup describes. @throws `journal-mismatch` when that is another workload. */
export type OpenHost = (setup: Json, workload: string, signal: AbortSignal) => Promise<Host>;

export type WorkerEvent =
  | { readonly type: "trial-start"; readonly proposal: Proposal }
  | { readonly type: "trial-end"; readonly proposal: Proposal; readonly answer: TrialAnswer };

export interface TrialWorkerOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Name of the queue. Default `halftone`. */
  readonly queue?: string;
  readonly open: OpenHost;
  /** Ends the worker; the trial in its hands goes back to the queue. */
  readonly signal: AbortSignal;
  /** A worker that was not heard of for so long is taken for lost, and its trial given to another. Default 30. */
  readonly lostAfterSeconds?: number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

/** A trial that has cost so many workers their lives is at fault itself. */
const lostWorkersPerTrial = 3;

/**
 * Takes one trial after the other from the queue until the signal fires. `open` must not block the event loop for long, or the worker is taken for lost:
 * carry trials out in a process of their own.
 *
 * @throws `invalid-config`, `backend-unavailable`.
 */
export async function trialWorker({ url, queue = defaultQueue, open, signal, lostAfterSeconds = 30, onEvent }: TrialWorkerOptions): Promise<void> {
  const connection = await connect(url);
  const hosts = hostKeeper(open, signal);
  const answer = async ({ setup, workload, proposal }: TrialJob): Promise<TrialAnswer> => {
    try {
      return { kind: "outcome", outcome: await (await hosts.of(setup, workload)).execute(proposal, signal) };
    } catch (error) {
      if (signal.aborted) throw error;
      const known = QuantError.is(error) ? error : new QuantError("internal", String(error));
      return { kind: "error", code: known.code, message: known.message };
    }
  };
  const carryOut = async (job: Job, token: string | undefined): Promise<TrialAnswer> => {
    try {
      const trial = parseJob(job.data);
      onEvent?.({ type: "trial-start", proposal: trial.proposal });
      const answered = await answer(trial);
      onEvent?.({ type: "trial-end", proposal: trial.proposal, answer: answered });
      return answered;
    } catch (error) {
      if (signal.aborted) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      if (QuantError.is(error)) return { kind: "error", code: error.code, message: error.message };
      throw error;
    }
  };
  const lockDuration = 1000 * lostAfterSeconds;
  const worker = new Worker(queue, carryOut, { connection, lockDuration, stalledInterval: lockDuration / 2, maxStalledCount: lostWorkersPerTrial });
  // Lost connections are taken up again by themselves.
  worker.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await worker.close();
  await hosts.end();
  connection.disconnect();
}

/** Trials of one search come one after the other, so what was opened last is kept. */
function hostKeeper(open: OpenHost, signal: AbortSignal) {
  let key: string | undefined;
  let host: Promise<Host> | undefined;
  const end = async (): Promise<void> => {
    const last = host;
    host = undefined;
    await last?.then((each) => each.end?.()).catch(() => undefined);
  };
  return {
    of: async (setup: Json, workload: string): Promise<Host> => {
      const wanted = JSON.stringify([setup, workload]);
      if (host === undefined || key !== wanted) {
        await end();
        key = wanted;
        host = open(setup, workload, signal);
        host.catch(() => {
          host = undefined;
        });
      }
      return host;
    },
    end,
  };
}
