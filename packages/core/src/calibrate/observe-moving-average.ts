import { emptyRange, type Range } from "../numerics/index.ts";
import type { Observation } from "../spec/index.ts";

export interface MovingAverageOptions {
  /** What is kept of the average at each sample, in [0, 1). Default 0.9. */
  readonly momentum?: number;
}

/**
 * An exponential moving average of each sample's least and largest value: one odd sample does not set the range. Later
 * samples weigh more, so the result depends on their order.
 */
export function observeMovingAverage(tensor: string, { momentum = 0.9 }: MovingAverageOptions = {}): Observation<Range> {
  return {
    key: `moving-average:${tensor}:momentum=${momentum}`,
    tensor,
    reduction: { kind: "extremes" },
    createObserver: () => {
      let average: Range | undefined;
      const blend = (kept: number, seen: number): number => momentum * kept + (1 - momentum) * seen;
      return {
        update: ({ data }) => {
          const seen = { min: Number(data[0]), max: Number(data[1]) };
          average = average ? { min: blend(average.min, seen.min), max: blend(average.max, seen.max) } : seen;
        },
        result: () => average ?? emptyRange,
      };
    },
  };
}
