/**
 * The range of a grid between bounds (ActivationSite.bounds). Where values reach a bound the grid ends there, whatever
 * clipping chose: what lies beyond is one and the same to every reader and has to come out as that. The end of a grid
 * is off by up to half a step, because the zero point is whole, so a bound other than zero is passed by half a step.
 * Not where the other end is zero: then the zero point is an end itself, and the grid meets the bound.
 */
import type { TensorConfig } from "../spec/index.ts";
import { clampTo, type Range } from "./range.ts";

/** `range` is what calibration chose, `seen` what the values reached. */
export function boundedRange(range: Range, seen: Range, bounds: Partial<Range>, { bits }: Pick<TensorConfig, "bits">): Range {
  if (range.min > range.max) return range;
  const inside = clampTo(range, bounds);
  const min = bounds.min !== undefined && bounds.min < 0 && seen.min <= bounds.min ? bounds.min : inside.min;
  const max = bounds.max !== undefined && bounds.max > 0 && seen.max >= bounds.max ? bounds.max : inside.max;
  if (min >= 0 || max <= 0) return { min, max };
  const slack = (Math.max(max, 0) - Math.min(min, 0)) / (2 * (2 ** bits - 2));
  return { min: min === bounds.min && min < 0 ? min - slack : min, max: max === bounds.max && max > 0 ? max + slack : max };
}
