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
