import { int, type Value } from "../../ir/index.ts";
import { type End, endOf } from "./ends.ts";
import { createGather, type Gather } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

const operators = { min: "ReduceMin", max: "ReduceMax" } as const;

/** Extremes of tensors in plain layout, by reduction. */
export function reducedExtremes(nodes: ObservingNodes) {
  const byRank = new Map<number, Gather>();
  const slices: Value[] = [];

  const gatherOf = (rank: number): Gather => {
    const gather = byRank.get(rank) ?? createGather(nodes, 0);
    byRank.set(rank, gather);
    return gather;
  };
  const reduce = (side: "min" | "max", value: Value, axes: readonly number[], keep: boolean): Value =>
    nodes.add(operators[side], axes.length > 0 ? [value, nodes.integers(axes)] : [value], { keepdims: int(keep ? 1 : 0) });

  return {
    whole: (side: "min" | "max", value: Value): End => {
      const shape = nodes.shapeOf(value);
      const source = shape.length > 0 ? value : nodes.add("Reshape", [value, nodes.integers([1])]);
      const rows = rowAxes(shape);
      const partly = rows.length > 0 ? reduce(side, source, rows, true) : source;
      const part = gatherOf(Math.max(shape.length, 1)).add(reduce(side, partly, [], true), 1);
      return endOf(side, part.rows);
    },
    slices: (side: "min" | "max", value: Value, axis: number): End => {
      const others = nodes.shapeOf(value).flatMap((_, index) => (index === axis ? [] : [index]));
      // Without other axes there is nothing to reduce, and no axes would mean all of them.
      const ends = nodes.output(others.length > 0 ? reduce(side, value, others, false) : nodes.add("Identity", [value]));
      ends.dtype = "float32";
      slices.push(ends);
      return endOf(side, (outputs) => [outputs[ends.name]!.data as Float32Array]);
    },
    finish: (): readonly Value[] => [...byRank.values()].flatMap((gather) => gather.finish()).concat(slices),
  };
}

const largeTensor = 1 << 15;
const longRow = 512;

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
