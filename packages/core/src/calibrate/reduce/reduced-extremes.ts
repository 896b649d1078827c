import { int, type Value } from "../../ir/index.ts";
import type { Ends } from "./ends.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

const operators = { min: "ReduceMin", max: "ReduceMax" } as const;
const largeTensor = 1 << 15;
const longRow = 512;

/** One end of a whole tensor in plain layout, as a scalar. */
export function reducedEnd(nodes: ObservingNodes, side: Ends["side"], value: Value): Value {
  const rows = rowAxes(nodes.shapeOf(value));
  const partly = rows.length > 0 ? nodes.add(operators[side], [value, nodes.integers(rows)], { keepdims: int(1) }) : value;
  return nodes.add(operators[side], [partly], { keepdims: int(0) });
}

/** One end of each slice along the axis. */
export function reducedSliceEnds(nodes: ObservingNodes, side: Ends["side"], value: Value, axis: number): Value {
  const others = nodes.shapeOf(value).flatMap((_, index) => (index === axis ? [] : [index]));
  // Without other axes there is nothing to reduce, and no axes would mean all of them.
  if (others.length === 0) return nodes.add("Identity", [value]);
  return nodes.add(operators[side], [value, nodes.integers(others)], { keepdims: int(0) });
}

/**
 * The axes of a first step over rows. The runtime spreads rows over its threads and reduces a whole tensor on one; below
 * a certain size that is all the same, and short rows are slower.
 */
function rowAxes(shape: readonly number[]): readonly number[] {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  if (count < largeTensor) return [];
  let first = shape.length;
  let row = 1;
  while (first > 0 && row < longRow) row *= shape[--first]!;
  return row < count ? shape.flatMap((_, axis) => (axis >= first ? [axis] : [])) : [];
}
