import { emptyRange, type Range, unionOf } from "../numerics/index.ts";
import type { Observation } from "../spec/index.ts";

/** As `observeExtremes`, one range per slice along `axis`. */
export function observeChannelExtremes(tensor: string, axis: number): Observation<readonly Range[]> {
  return {
    key: `extremes:${tensor}:axis=${axis}`,
    tensor,
    reduction: { kind: "extremes", axis },
    createObserver: () => {
      let ranges: readonly Range[] = [];
      return {
        update: ({ data, shape }) => {
          const channels = shape[1]!;
          ranges = Array.from({ length: channels }, (_, index) =>
            unionOf([ranges[index] ?? emptyRange, { min: Number(data[index]), max: Number(data[channels + index]) }]),
          );
        },
        result: () => ranges,
      };
    },
  };
}
