import { type Candidate, type Executor, type JournalEntry, type Outcome, QuantError, type TrialStore, type TuneEvent, type TuneOptions } from "@halftone/core";
import { describe, expect, test } from "vitest";
import { keyOf } from "../space/candidate-key.ts";
import { enumerate } from "../space/enumerate.ts";
import { integerOnly12, quantune96 } from "../space/presets.ts";
import { memoryStore } from "../store/memory-store.ts";
import { strategyByName } from "../strategies/by-name.ts";
import { readTransfer } from "./open-journal.ts";
import { tune } from "./tune.ts";

const space = quantune96();
const order = new Map(enumerate(space).map((candidate, index) => [keyOf(candidate), index]));
const scoreOf = (candidate: Candidate): number => Math.sin(1 + 7 * order.get(keyOf(candidate))!);
const best = enumerate(space).reduce((most, candidate) => (scoreOf(candidate) > scoreOf(most) ? candidate : most));

/** Carries trials out at once, or when told. */
function executorOf(execute: (candidate: Candidate, signal: AbortSignal) => Promise<Outcome> | Outcome, concurrency = 1): Executor {
  return { concurrency, execute: async ({ candidate }, signal) => execute(candidate, signal) };
}

const done = (candidate: Candidate): Outcome => ({ status: "done", score: scoreOf(candidate), metrics: {} });

function optionsOf(part: Partial<TuneOptions> = {}): TuneOptions {
  return {
    workload: { id: "model", features: {}, reference: 1.2 },
    space,
    strategy: strategyByName("random"),
    executor: executorOf(done),
    store: memoryStore(),
    trials: 96,
    ...part,
  };
}

test("finds the best of a space and tells of every trial", async () => {
  const events: TuneEvent[] = [];
  const store = memoryStore();
  const result = await tune(optionsOf({ store, onEvent: (event) => events.push(event) }));
  expect(result).toMatchObject({ best: { candidate: best, outcome: { score: scoreOf(best) } }, end: "trials" });
  expect(result.trials.map(({ id }) => id)).toEqual(Array.from({ length: 96 }, (_, id) => id));
  expect(events.filter(({ type }) => type === "trial-start")).toHaveLength(96);
  expect(events.at(-1)).toMatchObject({ type: "trial-end", done: 96, total: 96, best: { candidate: best } });
  const entries = await entriesOf(store);
  expect(entries[0]).toMatchObject({ kind: "header", workload: { id: "model" } });
  expect(entries.slice(1).map((entry) => entry.kind === "trial" && entry.trial)).toEqual(result.trials);
});

test("ends when the space is exhausted", async () => {
  const result = await tune(optionsOf({ trials: 500 }));
  expect([result.end, result.trials.length]).toEqual(["exhausted", 96]);
});

test("failed trials are data", async () => {
  const executor = executorOf((candidate) =>
    candidate["precision"] === "mixed" ? { status: "failed", code: "backend-failed", message: "no kernel" } : done(candidate),
  );
  const result = await tune(optionsOf({ executor }));
  expect(result.trials.filter(({ outcome }) => outcome.status === "failed")).toHaveLength(48);
  expect(result.best?.candidate["precision"]).toBe("int8");
});

describe("resumed", () => {
  test.each(["random", "boosted-trees", "genetic"])("%s goes on from the journal as if it had not been stopped", async (name) => {
    const strategy = strategyByName(name);
    const whole = await tune(optionsOf({ strategy, trials: 20, seed: 3 }));
    for (const stopped of [0, 1, 7, 19]) {
      const store = memoryStore();
      if (stopped > 0) await tune(optionsOf({ strategy, trials: stopped, seed: 3, store }));
      const measured: string[] = [];
      const executor = executorOf((candidate) => {
        measured.push(keyOf(candidate));
        return done(candidate);
      });
      expect(await tune(optionsOf({ strategy, trials: 20, seed: 3, store, executor }))).toEqual(whole);
      expect(measured).toEqual(whole.trials.slice(stopped).map(({ candidate }) => keyOf(candidate)));
    }
  });

  test("a journal of another workload or space is refused, and can be read as rows of it", async () => {
    const store = memoryStore();
    await tune(optionsOf({ store, trials: 3 }));
    await expect(tune(optionsOf({ store, workload: { id: "another", features: {} } }))).rejects.toMatchObject({
      code: "journal-mismatch",
      details: { field: "workload" },
    });
    await expect(tune(optionsOf({ store, space: integerOnly12() }))).rejects.toMatchObject({ code: "journal-mismatch", details: { field: "space" } });
    expect((await entriesOf(store)).length).toBe(4);
    expect(await readTransfer(store)).toMatchObject({ workload: { id: "model" }, trials: [{ id: 0 }, { id: 1 }, { id: 2 }] });
    expect(await readTransfer(memoryStore())).toBeUndefined();
  });

  test("a journal that does not begin with its header is refused", async () => {
    const trial = { id: 0, workload: "model", candidate: best, effort: 1, outcome: done(best) };
    await expect(tune(optionsOf({ store: memoryStore([{ kind: "trial", trial }]) }))).rejects.toMatchObject({ code: "invalid-data" });
  });
});

describe("with several trials at once", () => {
  test("keeps to the executor's concurrency, repeats nothing and stops at the number of trials", async () => {
    let running = 0;
    let most = 0;
    const executor = executorOf(async (candidate) => {
      most = Math.max(most, ++running);
      for (let turn = 0; turn < (order.get(keyOf(candidate))! * 7) % 5; turn++) await Promise.resolve();
      running--;
      return done(candidate);
    }, 4);
    const result = await tune(optionsOf({ executor, trials: 50, strategy: strategyByName("boosted-trees") }));
    expect(most).toBe(4);
    expect(result.trials).toHaveLength(50);
    expect(new Set(result.trials.map(({ candidate }) => keyOf(candidate))).size).toBe(50);
    expect(new Set(result.trials.map(({ id }) => id)).size).toBe(50);
  });

  test("an error of the executor that is no outcome stops the others, ends the search and keeps what was finished", async () => {
    const store = memoryStore();
    let calls = 0;
    const executor = executorOf((candidate, signal) => {
      calls++;
      if (calls <= 3) return done(candidate);
      if (calls === 4) throw new QuantError("invalid-data", "the evaluation data is gone");
      return untilAborted(signal);
    }, 3);
    await expect(tune(optionsOf({ store, executor }))).rejects.toMatchObject({ code: "invalid-data" });
    expect((await readTransfer(store))?.trials).toHaveLength(3);
  });
});

describe("stops early", () => {
  test("at the first trial that is near enough to the float model", async () => {
    const result = await tune(optionsOf({ targetDrop: 0.5 }));
    expect(result.end).toBe("target");
    expect(result.trials.filter(({ candidate }) => scoreOf(candidate) >= 0.7)).toEqual([result.trials.at(-1)]);
  });

  test("when the time is over", async () => {
    let seconds = 0;
    const executor = executorOf((candidate) => {
      seconds += 10;
      return done(candidate);
    });
    const result = await tune(optionsOf({ executor, timeBudgetSeconds: 45, now: () => seconds }));
    expect([result.end, result.trials.length]).toEqual(["time", 5]);
  });

  test("when aborted, with the best so far; what was in flight is in no journal", async () => {
    const controller = new AbortController();
    const store = memoryStore();
    let calls = 0;
    const executor = executorOf((candidate, signal) => {
      if (++calls <= 5) return done(candidate);
      queueMicrotask(() => controller.abort());
      return untilAborted(signal);
    });
    const result = await tune(optionsOf({ executor, store, signal: controller.signal }));
    expect([result.end, result.trials.length]).toEqual(["aborted", 5]);
    expect(result.best).toBeDefined();
    expect((await readTransfer(store))?.trials).toEqual(result.trials);
  });

  test("before it begins, when it is aborted already", async () => {
    expect(await tune(optionsOf({ signal: AbortSignal.abort() }))).toEqual({ best: undefined, trials: [], end: "aborted" });
  });
});

test("ends with the store's error when a result cannot be kept", async () => {
  const broken: TrialStore = {
    read: () => memoryStore().read(),
    append: async (entry) => {
      if (entry.kind === "trial") throw new QuantError("write-failed", "the disk is full");
    },
  };
  await expect(tune(optionsOf({ store: broken }))).rejects.toMatchObject({ code: "write-failed" });
});

test.each<[Partial<TuneOptions>, string]>([
  [{ trials: 0 }, "trials"],
  [{ executor: executorOf(done, 0) }, "executor.concurrency"],
  [{ targetDrop: 1, workload: { id: "model", features: {} } }, "targetDrop"],
  [{ space: { name: "none", dimensions: [] } }, "dimensions"],
  [{ others: [{ workload: { id: "other", features: {}, unit: "nats" }, trials: [] }] }, "others"],
])("refuses %j", async (part, field) => {
  await expect(tune(optionsOf(part))).rejects.toMatchObject({ code: "invalid-config", details: { field } });
});

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new QuantError("aborted", "The trial was aborted."))));
}

async function entriesOf(store: TrialStore): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of store.read()) entries.push(entry);
  return entries;
}
