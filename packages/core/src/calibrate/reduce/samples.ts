/**
 * Samples inside the graph: a regular grid of positions, whole rows of channels at each.
 *
 * A stride through the flattened tensor that shares a factor with the number of channels would only ever see some of
 * them, so positions are strided and channels are not. The grid starts one position later with every sample, so that a
 * special position (a class token, a border) is seen as often as it occurs. A tensor in blocked layout is picked from by
 * a depthwise convolution instead, whose kernel is 1 at the centre of each cell; its grid stays put.
 */
import { int, ints, type Value } from "../../ir/index.ts";
import type { Tensor } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import type { ReadTensor } from "./extremes.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** An axis is thinned down to this many positions before the next one is. */
const fewPositions = 8;
const toTheEnd = Number.MAX_SAFE_INTEGER;

export function samplesInGraph(nodes: ObservingNodes) {
  const isBlocked = blockedLayout(nodes.shapeOf);
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

  const slice = (value: Value, strides: readonly number[]): Value => {
    const axes = strides.flatMap((stride, axis) => (stride > 1 ? [axis] : []));
    const steps = axes.map((axis) => strides[axis]!);
    return nodes.add("Slice", [value, startOf(steps), nodes.integers(axes.map(() => toTheEnd)), nodes.integers(axes), nodes.integers(steps)]);
  };

  const pick = (value: Value, strides: readonly number[]): Value => {
    const channels = nodes.shapeOf(value)[1]!;
    const spatial = strides.slice(2);
    // The centre of a cell must exist in every later sample too; where sizes vary, the first position stands for the cell.
    const offsets = spatial.map((stride, axis) => (typeof value.shape?.[axis + 2] === "number" ? stride >> 1 : 0));
    const kernel = offsets.map((offset): number => (offset > 0 ? 2 : 1));
    const size = kernel.reduce((a, b) => a * b, 1);
    const data = new Float32Array(channels * size);
    for (let channel = 1; channel <= channels; channel++) data[channel * size - 1] = 1;
    const weight = nodes.graph.addConstant("observe_picker", { dtype: "float32", shape: [channels, 1, ...kernel], data });
    return nodes.add("Conv", [value, weight], {
      group: int(channels),
      kernel_shape: ints(kernel),
      dilations: ints(offsets.map((offset) => Math.max(offset, 1))),
      strides: ints(spatial),
    });
  };

  return {
    add: (value: Value, count: number): ReadTensor => {
      const strides = stridesFor(nodes.shapeOf(value), count);
      const thinned = strides.every((stride) => stride === 1)
        ? nodes.add("Identity", [value])
        : (isBlocked(value) && strides[0] === 1 && strides[1] === 1 ? pick : slice)(value, strides);
      const taken = nodes.output(nodes.float(thinned));
      taken.dtype = "float32";
      outputs.push(taken);
      return (results) => atMost(results[taken.name]!, count);
    },
    finish: (): readonly Value[] => outputs,
    /** The input that moves the grids, when there is one. */
    phase: (): string | undefined => phase?.name,
  };
}

/** Strides per axis that leave at most `count` positions: outer axes first, channels (axis 1 of four, the last of fewer) and the batch at the end. */
function stridesFor(shape: readonly number[], count: number): readonly number[] {
  const channelAxis = shape.length >= 4 ? 1 : shape.length - 1;
  const positions = shape.flatMap((_, axis) => (axis === channelAxis || (axis === 0 && shape.length > 2) ? [] : [axis]));
  const strides = shape.map(() => 1);
  const left = (): number => shape.reduce((product, length, axis) => product * Math.ceil(length / strides[axis]!), 1);
  const thin = (axis: number, least: number): void => {
    const length = shape[axis]!;
    const others = left() / Math.ceil(length / strides[axis]!);
    strides[axis] = Math.ceil(length / Math.min(length, Math.max(least, Math.floor(count / others))));
  };
  for (const axis of positions) if (left() > count) thin(axis, fewPositions);
  for (const axis of [...positions, channelAxis, 0]) if (left() > count) thin(axis, 1);
  return strides;
}

/** A later sample may be larger than the one the grid was made for. */
function atMost({ data }: Tensor, count: number): Tensor {
  const values = data as Float32Array;
  const stride = Math.ceil(values.length / count);
  const kept = stride <= 1 ? values : values.filter((_, index) => index % stride === 0);
  return { dtype: "float32", shape: [kept.length], data: kept };
}
