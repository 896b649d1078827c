import { int, string, type Value } from "../../../ir/index.ts";
import type { GradientBuilder } from "../rule.ts";
import { joined, sizesBetween } from "./sizes.ts";

export interface Axis {
  /** Not negative. */
  readonly axis: number;
  /** How many axes there are. */
  readonly rank: number;
}

/** Puts what was taken from `positions` along an axis back there; zeros elsewhere. A position taken twice gets the sum. */
export function restoreAlong(builder: GradientBuilder, taken: Value, { axis, rank }: Axis, positions: readonly number[], size: number): Value {
  const first = positions[0] ?? 0;
  const isRun = positions.every((position, index) => position === first + index);
  if (isRun) return builder.op("Pad", [taken, builder.integers(padsAlong({ axis, rank }, first, size - first - positions.length))]);
  if (new Set(positions).size < positions.length) return scatterAlong(builder, taken, axis, builder.integers(positions), builder.integers([size]));
  // Each position reads its element, or the zero that is put behind the last one.
  const sources = Array.from({ length: size }, (_, position) => positions.indexOf(position)).map((source) => (source < 0 ? positions.length : source));
  const extended = builder.op("Pad", [taken, builder.integers(padsAlong({ axis, rank }, 0, 1))]);
  return builder.op("Gather", [extended, builder.integers(sources)], { axis: int(axis) });
}

/** For all axes: ONNX Runtime moves a Transpose through a Pad without a look at its axes. */
function padsAlong({ axis, rank }: Axis, before: number, after: number): readonly number[] {
  return Array.from({ length: 2 * rank }, (_, index) => (index === axis ? before : index === axis + rank ? after : 0));
}

/** The same with positions (int64 [count]) and a size (int64 [1]) that are known during the run only. */
export function scatterAlong(builder: GradientBuilder, taken: Value, axis: number, positions: Value, size: Value): Value {
  const [sizesBefore, sizesAfter] = [sizesBetween(builder, taken, 0, axis), sizesBetween(builder, taken, axis + 1)];
  const zeros = builder.op("Expand", [builder.scalar(0), joined(builder, [sizesBefore, size, sizesAfter])]);
  const ones = builder.op("Expand", [builder.integers([1]), builder.op("Shape", [sizesAfter])]);
  const column = builder.op("Reshape", [positions, joined(builder, [builder.integers([-1]), ones])]);
  const everywhere = builder.op("Expand", [column, sizesBetween(builder, taken, 0)]);
  return builder.op("ScatterElements", [zeros, everywhere, taken], { axis: int(axis), reduction: string("add") });
}
