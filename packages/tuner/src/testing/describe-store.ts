import type { JournalEntry, TrialStore } from "@halftone/core";
import { describe, expect, test } from "vitest";

/** What a store under test is made of. */
export interface StoreUnderTest {
  readonly store: TrialStore;
  /** The same place, opened by another process later; left out where nothing outlives the process. */
  readonly reopen?: () => Promise<TrialStore> | TrialStore;
}

/** What every `TrialStore` must do. `create` opens an empty place each time. Call it at the top level of a test file; needs vitest. */
export function describeStore(name: string, create: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  describe(`store ${name}`, () => {
    test("is empty at first", async () => {
      expect(await entriesOf((await create()).store)).toEqual([]);
    });

    test("reads back what was appended, in order, as often as asked", async () => {
      const { store } = await create();
      for (const entry of entries) await store.append(entry);
      expect(await entriesOf(store)).toEqual(entries);
      expect(await entriesOf(store)).toEqual(entries);
    });

    test("keeps overlapping appends whole and in order", async () => {
      const { store } = await create();
      const many = Array.from({ length: 50 }, (_, id) => trialEntry(id, "x".repeat(1 + ((id * 977) % 5000))));
      await Promise.all(many.map((entry) => store.append(entry)));
      expect(await entriesOf(store)).toEqual(many);
    });

    test("keeps values exactly: numbers, names from anywhere, quotes and line breaks", async () => {
      const { store } = await create();
      const odd = trialEntry(1, 'línea\n"{}\u2028\u0000 漢字', 0.1 + 0.2);
      await store.append(odd);
      expect(await entriesOf(store)).toEqual([odd]);
    });

    test("is found as it was left", async (context) => {
      const { store, reopen } = await create();
      if (!reopen) return context.skip(`${name} keeps nothing beyond the process`);
      for (const entry of entries) await store.append(entry);
      const again = await reopen();
      expect(await entriesOf(again)).toEqual(entries);
      await again.append(trialEntry(9, "later"));
      expect(await entriesOf(await reopen())).toEqual([...entries, trialEntry(9, "later")]);
    });
  });
}

const entries: readonly JournalEntry[] = [
  { kind: "header", version: 1, space: "0123abcd", workload: { id: "model on data", features: { convolutions: 53 }, reference: 0.7181 } },
  trialEntry(0, "asymmetric", 0.7123),
  {
    kind: "trial",
    trial: {
      id: 1,
      workload: "model on data",
      candidate: { images: 1, channel: true },
      effort: 1 / 9,
      outcome: { status: "failed", code: "backend-failed", message: "no kernel" },
    },
  },
];

function trialEntry(id: number, text: string, score = id / 7): JournalEntry {
  return {
    kind: "trial",
    trial: { id, workload: "model on data", candidate: { text }, effort: 1, outcome: { status: "done", score, metrics: { bytes: 1234 } } },
  };
}

async function entriesOf(store: TrialStore): Promise<readonly JournalEntry[]> {
  const read: JournalEntry[] = [];
  for await (const entry of store.read()) read.push(entry);
  return read;
}
