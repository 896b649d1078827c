import { createHistogram, type Histogram } from "../numerics/index.ts";
import type { Observation } from "../spec/index.ts";

export interface HistogramOptions {
  /** Values taken of each sample at most, spread over the tensor. Default 4096. */
  readonly samples?: number;
  /** Bins to each side of zero. Default 2048. */
  readonly bins?: number;
}

/** The distribution of a tensor's values over all samples. Its range is that of the values taken; `observeExtremes` sees all. */
export function observeHistogram(tensor: string, { samples = 4096, bins = 2048 }: HistogramOptions = {}): Observation<Histogram> {
  return {
    key: `histogram:${tensor}:samples=${samples}:bins=${bins}`,
    tensor,
    reduction: { kind: "samples", count: samples },
    createObserver: () => {
      const histogram = createHistogram(bins);
      return { update: ({ data }) => histogram.add(data as Float32Array), result: histogram.result };
    },
  };
}
