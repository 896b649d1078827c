import { int, type Value } from "../../../ir/index.ts";
import type { GradientBuilder } from "../rule.ts";

/** One vector of sizes from several. */
export const joined = (builder: GradientBuilder, parts: readonly Value[]): Value =>
  parts.length === 1 ? parts[0]! : builder.op("Concat", parts, { axis: int(0) });

/** The sizes of a value along its axes from `start` up to `end`, read during the run: for what the rules computed themselves. */
export const sizesBetween = (builder: GradientBuilder, value: Value, start: number, end?: number): Value =>
  builder.op("Shape", [value], { start: int(start), ...(end !== undefined && { end: int(end) }) });

/** Counts a negative axis from the front. */
export const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const zerosLike = (builder: GradientBuilder, value: Value): Value => builder.op("Expand", [builder.scalar(0), builder.shapeOf(value)]);
