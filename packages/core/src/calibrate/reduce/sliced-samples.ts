import type { Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import type { ExecutionOrder } from "./execution-order.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** An axis is thinned down to this many positions before the next one is. */
const fewPositions = 8;
const toTheEnd = Number.MAX_SAFE_INTEGER;

/**
 * Samples of tensors in plain layout: a regular grid that starts one position later with every sample, so that a special
 * position (a class token, a border) is seen as often as it occurs.
 */
export function slicedSamples(nodes: ObservingNodes, order: ExecutionOrder) {
  const starts = new Map<string, Value>();
  const outputs: Value[] = [];
  let phase: Value | undefined;

  /** Where grids with these strides start at the current sample. */
  const startOf = (strides: readonly number[]): Value => {
    phase ??= nodes.graph.addInput(nodes.graph.freshName("observe_phase"), "int64", [1]);
    const start = starts.get(strides.join()) ?? nodes.add("Mod", [phase, nodes.integers(strides)]);
    starts.set(strides.join(), start);
    return start;
  };

  const thin = (value: Value, strides: readonly number[]): Value => {
    const axes = strides.flatMap((stride, axis) => (stride > 1 ? [axis] : []));
    if (axes.length === 0) return nodes.add("Identity", [value]);
    const steps = axes.map((axis) => strides[axis]!);
    return nodes.add("Slice", [value, startOf(steps), nodes.integers(axes.map(() => toTheEnd)), nodes.integers(axes), nodes.integers(steps)]);
  };

  return {
    add: (value: Value, count: number): ((outputs: Tensors) => Float32Array) => {
      const taken = nodes.output(thin(nodes.float(value), stridesFor(nodes.shapeOf(value), count)));
      order.pin(taken, nodes.positionOf(value));
      outputs.push(taken);
      return (results) => results[taken.name]!.data as Float32Array;
    },
    finish: (): readonly Value[] => outputs,
    /** The input that moves the grids, when there is one. */
    phase: (): string | undefined => phase?.name,
  };
}

/**
 * Strides per axis that leave at most `count` elements. Positions are thinned, channels (axis 1 of four, the last of
 * fewer) are not as long as that is enough: a stride through the flattened tensor that shares a factor with the number
 * of channels would only ever see some of them. Outer axes come first, because whole rows are cheap to copy.
 */
function stridesFor(shape: readonly number[], count: number): readonly number[] {
  const channelAxis = shape.length >= 4 ? 1 : shape.length - 1;
  const positions = shape.flatMap((_, axis) => (axis === channelAxis || (axis === 0 && shape.length > 2) ? [] : [axis]));
  const strides = shape.map(() => 1);
  const left = (): number => shape.reduce((product, length, axis) => product * Math.ceil(length / strides[axis]!), 1);
  const thinAxis = (axis: number, least: number): void => {
    const length = shape[axis]!;
    const others = left() / Math.ceil(length / strides[axis]!);
    strides[axis] = Math.ceil(length / Math.min(length, Math.max(least, Math.floor(count / others))));
  };
  for (const axis of positions) if (left() > count) thinAxis(axis, fewPositions);
  for (const axis of [...positions, channelAxis, 0]) if (left() > count) thinAxis(axis, 1);
  return strides;
}
