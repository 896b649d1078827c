import type { JournalEntry, TrialStore } from "@halftone/core";

/** Keeps a journal as long as the process lives. */
export function memoryStore(entries: readonly JournalEntry[] = []): TrialStore {
  const kept = [...entries];
  return {
    append: async (entry) => {
      kept.push(structuredClone(entry));
    },
    read: async function* () {
      yield* structuredClone(kept);
    },
  };
}
