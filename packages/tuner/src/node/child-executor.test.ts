import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tune } from "../driver/tune.ts";
import { memoryStore } from "../store/memory-store.ts";
import { gridSearch } from "../strategies/grid.ts";
import { type ChildExecutor, type ChildExecutorOptions, childExecutor } from "./child-executor.ts";

const isBuilt = existsSync(join(import.meta.dirname, "../../dist/node/child.js"));
const module = pathToFileURL(join(import.meta.dirname, "fixtures/unruly-trials.mjs")).href;
const { signal } = new AbortController();
const whole = (deed: string) => ({ candidate: { deed }, effort: 1 });

let folder: string;
const executors: ChildExecutor[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-child-"));
});
afterEach(async () => {
  await Promise.all(executors.splice(0).map((executor) => executor.end()));
  await rm(folder, { recursive: true, force: true });
});

const opened = () => join(folder, "opened");
function open(options: Partial<ChildExecutorOptions> = {}): ChildExecutor {
  const executor = childExecutor({ module, setup: { opened: opened() }, ...options });
  executors.push(executor);
  return executor;
}
const processes = async (): Promise<readonly string[]> => (await readFile(opened(), "utf8")).trimEnd().split("\n");

describe.skipIf(!isBuilt)("trials in child processes (needs the built package)", () => {
  test("share a process as long as it lives, and get another one after it", async () => {
    const executor = open();
    const outcomes = [];
    for (const deed of ["well", "well", "abort", "well", "well"]) outcomes.push(await executor.execute(whole(deed), signal));
    expect(outcomes.map(({ status }) => status)).toEqual(["done", "done", "failed", "done", "done"]);
    const pids = outcomes.flatMap((outcome) => (outcome.status === "done" ? [String(outcome.metrics["pid"])] : []));
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).toBe(pids[3]);
    expect(pids[0]).not.toBe(pids[2]);
    expect(await processes()).toEqual([pids[0], pids[2]]);
  });

  test.each([
    ["abort", {}, /SIGABRT/],
    ["exit", {}, /exit code 7/],
    ["kill", {}, /SIGKILL/],
    ["never", { timeoutSeconds: 0.5 }, /longer than 0.5 s/],
    ["busy", { timeoutSeconds: 0.5 }, /longer than 0.5 s/],
  ])("one that does %s is a failed trial that says why", async (deed, limits, message) => {
    const outcome = await open(limits).execute(whole(deed), signal);
    expect(outcome).toMatchObject({ status: "failed", code: "backend-failed", message: expect.stringMatching(message) });
  });

  // The limit is watched through /proc.
  test.skipIf(process.platform !== "linux")("one that takes too much memory is a failed trial (needs Linux)", async () => {
    const outcome = await open({ maxMemoryMB: 300 }).execute(whole("greedy"), signal);
    expect(outcome).toMatchObject({ status: "failed", message: expect.stringMatching(/more than 300 MB/) });
  });

  test("a search over all of that finds the best of what works", async () => {
    const deeds = ["abort", "well", "exit", "never", "kill"];
    const result = await tune({
      workload: { id: "unruly", features: {} },
      space: { name: "deeds", dimensions: [{ name: "deed", values: deeds }] },
      ...{ strategy: gridSearch(), store: memoryStore(), trials: 10 },
      executor: open({ concurrency: 2, timeoutSeconds: 1 }),
    });
    expect(result.end).toBe("exhausted");
    expect(result.trials).toHaveLength(5);
    expect(result.best?.candidate).toEqual({ deed: "well" });
    expect(result.trials.filter(({ outcome }) => outcome.status === "failed")).toHaveLength(4);
  });

  test("a stopped search kills the trial", async () => {
    const controller = new AbortController();
    const trial = open().execute(whole("busy"), controller.signal);
    while (!existsSync(opened())) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort();
    await expect(trial).rejects.toMatchObject({ code: "aborted" });
    const [pid] = await processes();
    expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
  });

  test("what is no fault of the candidate ends the search", async () => {
    await expect(open().execute(whole("refuse"), signal)).rejects.toMatchObject({ code: "invalid-data", message: "the evaluation data is gone" });
    await expect(open({ setup: { broken: true } }).execute(whole("well"), signal)).rejects.toMatchObject({ message: expect.stringContaining("no such model") });
    await expect(open({ module: `${module}.missing` }).execute(whole("well"), signal)).rejects.toMatchObject({ message: expect.stringContaining("missing") });
  });
});
