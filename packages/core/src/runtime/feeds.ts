import type { Graph } from "../ir/index.ts";
import { type CalibrationSource, QuantError, type Tensors } from "../spec/index.ts";

/** The data of a search, held in memory: inputs are small beside what is computed from them. */
export interface Feeds {
  readonly feeds: readonly { readonly tensors: Tensors /** Samples in front of it. */; readonly before: number; readonly samples: number }[];
  readonly samples: number;
}

/** The first feeds of the source, until there are `wanted` samples. */
export async function collectFeeds(source: CalibrationSource, graph: Graph, wanted: number, signal?: AbortSignal): Promise<Feeds> {
  const feeds: Feeds["feeds"][number][] = [];
  let samples = 0;
  for await (const tensors of source) {
    if (signal?.aborted) throw new QuantError("aborted", "The search was aborted.", { cause: signal.reason });
    const size = batchOf(tensors, graph);
    feeds.push({ tensors, before: samples, samples: size });
    samples += size;
    if (samples >= wanted) break;
  }
  if (samples === 0) throw new QuantError("empty-calibration", "The calibration data holds no sample; hand in at least one.");
  return { feeds, samples };
}

/** A first dimension that the model leaves open, or that of images, counts samples. */
function batchOf(feeds: Tensors, graph: Graph): number {
  const input = graph.inputs.find(({ name }) => feeds[name]);
  const shape = input && feeds[input.name]!.shape;
  if (!shape || shape.length < 2) return 1;
  return shape.length === 4 || typeof input.shape?.[0] === "string" ? shape[0]! : 1;
}
