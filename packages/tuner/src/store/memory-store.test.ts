import type { JournalEntry } from "@halftone/core";
import { expect, test } from "vitest";
import { describeStore } from "../testing/describe-store.ts";
import { memoryStore } from "./memory-store.ts";

describeStore("memory", () => ({ store: memoryStore() }));

test("starts from entries read elsewhere, and nobody can change what it keeps", async () => {
  const metrics = { bytes: 1 };
  const trial = { id: 0, workload: "w", candidate: {}, effort: 1, outcome: { status: "done", score: 1, metrics } } as const;
  const store = memoryStore();
  await store.append({ kind: "trial", trial });
  metrics.bytes = 2;
  const entries: JournalEntry[] = [];
  for await (const entry of store.read()) entries.push(entry);
  expect(entries).toMatchObject([{ trial: { outcome: { metrics: { bytes: 1 } } } }]);
  const again: JournalEntry[] = [];
  for await (const entry of memoryStore(entries).read()) again.push(entry);
  expect(again).toEqual(entries);
});
