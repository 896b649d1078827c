import { emptyRange, type Range, unionOf } from "../numerics/index.ts";
import type { Observation } from "../spec/index.ts";

/**
 * The least and the largest value of a tensor over all samples. Where the operator lets nothing below zero through, `min`
 * is 0 even when no value reached it; every encoding holds zero anyway.
 */
export function observeExtremes(tensor: string): Observation<Range> {
  return {
    key: `extremes:${tensor}`,
    tensor,
    reduction: { kind: "extremes" },
    createObserver: () => {
      let range = emptyRange;
      return {
        update: ({ data }) => {
          range = unionOf([range, { min: Number(data[0]), max: Number(data[1]) }]);
        },
        result: () => range,
        isSettled: ({ min, max }) => range.min <= min && range.max >= max,
      };
    },
  };
}

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
