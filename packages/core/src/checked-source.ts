import { feedChecker } from "./calibrate/index.ts";
import type { Graph } from "./ir/index.ts";
import type { CalibrationSource } from "./spec/index.ts";

/** The same samples, each held against the model's inputs before it is used. The iteration throws `invalid-data` naming the sample. */
export function checkedSource(source: CalibrationSource, graph: Graph): CalibrationSource {
  const check = feedChecker(graph);
  return {
    id: source.id,
    ...(source.batches !== undefined && { batches: source.batches }),
    async *[Symbol.asyncIterator]() {
      let sample = 0;
      for await (const feeds of source) {
        check(feeds, sample++);
        yield feeds;
      }
    },
  };
}
