import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Outcome, Trial } from "@halftone/core";
import { enumerate, gridSearch, keyOf, quantune96, readTransfer, tune } from "@halftone/tuner";
import { journalFile } from "@halftone/tuner/node";
import { Queue } from "bullmq";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { queueExecutor } from "./queue-executor.ts";

const server = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
const built = join(import.meta.dirname, "../dist/index.js");

let folder: string;
let port: number;
let redis: ChildProcess;
const started: ChildProcess[] = [];

/** Everything that was acknowledged is on the disk: what a restart may not lose. */
async function startServer(): Promise<void> {
  const options = ["--port", port, "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--bind", "127.0.0.1"].map(String);
  redis = spawn(server!, options, { stdio: "ignore" });
  started.push(redis);
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 20));
}

function answers(at: number): Promise<boolean> {
  const socket = connect(at, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => socket.write("PING\r\n")).once("error", () => resolve(false));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString().startsWith("+PONG"));
    });
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address() as { readonly port: number };
  probe.close();
  return free;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** A worker in a process of its own. It says when it begins a trial and when it has ended one. */
const program = (milliseconds: number) => `
  import { trialWorker } from ${JSON.stringify(pathToFileURL(built).href)};
  const open = async (setup) => ({
    execute: async ({ candidate }) => {
      await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));
      if (candidate.scheme === setup.deadly) process.kill(process.pid, "SIGKILL");
      return { status: "done", score: setup.scores[JSON.stringify(Object.entries(candidate).sort())], metrics: { worker: process.pid } };
    },
  });
  const onEvent = ({ type, proposal }) => process.stdout.write(type + " " + JSON.stringify(proposal.candidate) + "\\n");
  const { signal } = new AbortController();
  await trialWorker({ url: process.argv[1], open, signal, lostAfterSeconds: 1, onEvent });
`;

interface WorkerProcess {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  readonly isBusy: () => boolean;
}

function startWorker(milliseconds: number): WorkerProcess {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program(milliseconds), url()], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => lines.push(...text.trimEnd().split("\n")));
  return { process: child, lines, isBusy: () => lines.at(-1)?.startsWith("trial-start") === true };
}

const url = (): string => `redis://127.0.0.1:${port}`;
const candidates = enumerate(quantune96());
const scores = Object.fromEntries(candidates.map((candidate, index) => [JSON.stringify(Object.entries(candidate).sort()), Math.sin(7 * index)]));
const scoreOf = ({ candidate }: Trial): number => scores[JSON.stringify(Object.entries(candidate).sort())]!;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.skipIf(server === undefined || !existsSync(built))("a queue (needs redis-server or valkey-server, and the built package)", () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "halftone-queue-"));
    port = await freePort();
    await startServer();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(stop));
    await rm(folder, { recursive: true, force: true });
  });

  const search = async (trials: number, setup: object = {}, workload = "w") => {
    const executor = await queueExecutor({ url: url(), workload, setup: { scores, ...setup }, concurrency: 4 });
    const store = journalFile(join(folder, "search.jsonl"));
    try {
      return await tune({ workload: { id: workload, features: {} }, space: quantune96(), strategy: gridSearch(), executor, store, trials });
    } finally {
      await executor.close();
    }
  };

  test("4 workers, 2 of them killed in the middle of a trial, the server killed and restarted once: every trial ends once in the journal", async () => {
    const workers = [1, 2, 3, 4].map(() => startWorker(120));
    const searching = search(60);
    const journal = journalFile(join(folder, "search.jsonl"));
    const finished = async () => (await readTransfer(journal))?.trials.length ?? 0;

    const killed: string[] = [];
    for (const [victim, after] of [
      [workers[0]!, 6],
      [workers[2]!, 12],
    ] as const) {
      await until(async () => (await finished()) >= after);
      const before = victim.lines.length;
      // At the beginning of a trial, so that it cannot end before the signal arrives.
      await until(() => victim.lines.length > before && victim.isBusy());
      await stop(victim.process);
      killed.push(victim.lines.at(-1)!);
    }
    expect(killed.every((line) => line.startsWith("trial-start"))).toBe(true);
    await until(async () => (await finished()) >= 25);
    await stop(redis);
    await startServer();

    const { trials, end } = await searching;
    expect(end).toBe("trials");
    const { trials: kept } = (await readTransfer(journal))!;
    expect(kept).toEqual(trials);
    expect(kept.map(({ id }) => id).sort((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, id) => id));
    expect(new Set(kept.map(({ candidate }) => keyOf(candidate))).size).toBe(60);
    expect(kept.map(({ outcome }) => outcome)).toEqual(
      kept.map((trial) => ({ status: "done", score: scoreOf(trial), metrics: { worker: expect.any(Number) } })),
    );
    // What the killed workers had begun was done by the others.
    const survivors = [workers[1]!, workers[3]!].map(({ process: { pid } }) => pid);
    for (const line of killed) {
      const trial = kept.find(({ candidate }) => keyOf(candidate) === keyOf(JSON.parse(line.slice("trial-start ".length))));
      expect(survivors).toContain((trial!.outcome as Extract<Outcome, { status: "done" }>).metrics["worker"]);
    }
  });

  test("a trial that costs every worker its life is a failed trial", async () => {
    const workers = [1, 2, 3, 4, 5].map(() => startWorker(10));
    const executor = await queueExecutor({ url: url(), workload: "w", setup: { scores, deadly: "symmetric" } });
    const { signal } = new AbortController();
    const candidate = candidates.find(({ scheme }) => scheme === "symmetric")!;
    const outcome = await executor.execute({ candidate, effort: 1 }, signal);
    expect(outcome).toMatchObject({ status: "failed", code: "backend-failed", message: expect.stringContaining("stalled") });
    expect(workers.filter(({ process: { signalCode } }) => signalCode === "SIGKILL")).toHaveLength(4);
    await executor.close();
  });

  test("a search that is begun again finds what workers have done meanwhile, and does not have it done twice", async () => {
    const workers = [startWorker(30)];
    await search(8);
    await rm(join(folder, "search.jsonl"));
    const again = await search(8);
    expect(again.trials).toHaveLength(8);
    expect(workers[0]!.lines.filter((line) => line.startsWith("trial-start"))).toHaveLength(8);
  });

  test("a stopped search leaves nothing waiting", async () => {
    const controller = new AbortController();
    const executor = await queueExecutor({ url: url(), workload: "w", setup: {} });
    const trial = executor.execute({ candidate: candidates[0]!, effort: 1 }, controller.signal);
    const queue = new Queue("halftone", { connection: { port, host: "127.0.0.1" } });
    await until(async () => (await queue.getWaitingCount()) === 1);
    controller.abort();
    await expect(trial).rejects.toMatchObject({ code: "aborted" });
    expect(await queue.getWaitingCount()).toBe(0);
    await queue.close();
    await executor.close();
  });

  test("what is no trial is answered with an error that ends the search", async () => {
    startWorker(1);
    const queue = new Queue("halftone", { connection: { port, host: "127.0.0.1" } });
    const job = await queue.add("trial", { version: 2 });
    await until(async () => (await queue.getJob(job.id!))?.finishedOn !== undefined);
    expect((await queue.getJob(job.id!))?.returnvalue).toMatchObject({ kind: "error", code: "invalid-data", message: expect.stringContaining("version") });
    await queue.close();
  });
});

test.each([
  ["http://somewhere", "invalid-config"],
  ["redis://127.0.0.1:1", "backend-unavailable"],
])("%s is no queue", async (address, code) => {
  await expect(queueExecutor({ url: address, workload: "w", setup: null })).rejects.toMatchObject({ code });
});
