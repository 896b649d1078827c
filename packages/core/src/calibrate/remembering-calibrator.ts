import type { Calibrator, Observation, RunMemory, Statistics } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

interface Shelf {
  readonly known: Map<string, unknown>;
  /** The pass that is under way: what it collects need not be collected by the next. */
  last: Promise<unknown>;
}

/** Collects each statistic of a source once. `model` tells models apart. */
export function rememberingCalibrator(inner: Calibrator, memory: RunMemory, model: string): Calibrator {
  return {
    collect: async (files, source, observations, backend, options) => {
      const shelf = await memory.remember(`statistics:${model}:${source.id}`, async (): Promise<Shelf> => ({ known: new Map(), last: Promise.resolve() }));
      const pass = shelf.last.then(async () => {
        const missing = observations.filter(({ key }) => !shelf.known.has(key));
        if (missing.length === 0) return;
        const statistics = await inner.collect(files, source, missing, backend, options);
        for (const observation of missing) shelf.known.set(observation.key, statistics.get(observation));
      });
      shelf.last = pass.catch(() => undefined);
      await pass;
      return statisticsOf(shelf.known);
    },
  };
}

function statisticsOf(known: ReadonlyMap<string, unknown>): Statistics {
  return {
    get: <Stat>({ key }: Observation<Stat>): Stat => {
      if (known.has(key)) return known.get(key) as Stat;
      throw new QuantError("internal", `Statistic "${key}" was not collected; a method must declare it in observe().`, { details: { observation: key } });
    },
  };
}
