import type { RunMemory } from "./spec/index.ts";

/** Keeps everything until it is itself forgotten. */
export function createRunMemory(): RunMemory {
  const kept = new Map<string, Promise<unknown>>();
  return {
    remember: <Value>(key: string, make: () => Promise<Value>): Promise<Value> => {
      const known = kept.get(key);
      if (known) return known as Promise<Value>;
      const made = make();
      kept.set(key, made);
      made.catch(() => kept.delete(key));
      return made;
    },
  };
}
