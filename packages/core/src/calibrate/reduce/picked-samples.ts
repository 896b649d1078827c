import { int, ints, type Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import { createGather, type Gather } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Positions per axis of a regular grid, and how they are found. */
interface Axis {
  readonly stride: number;
  /** Where in its cell a position lies. */
  readonly offset: number;
  readonly positions: number;
}

/**
 * Samples of tensors in blocked layout: all channels at the centres of a regular grid of cells, picked by a depthwise
 * convolution whose kernel is 1 there. Grids of equal size are gathered into one output.
 */
export function pickedSamples(nodes: ObservingNodes) {
  const gathers = new Map<string, Gather>();
  const pickers = new Map<string, Value>();

  /** Depthwise weights that are 1 at the last position of the kernel. */
  const pickerFor = (channels: number, kernel: readonly number[]): Value => {
    const shape = [channels, 1, ...kernel];
    const size = kernel.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: channels * size }, (_, index) => (index % size === size - 1 ? 1 : 0));
    const picker = pickers.get(shape.join()) ?? nodes.graph.addConstant("observe_picker", { dtype: "float32", shape, data });
    pickers.set(shape.join(), picker);
    return picker;
  };

  const pick = (value: Value, channels: number, grid: readonly Axis[]): Value => {
    const kernel = grid.map(({ offset }): number => (offset > 0 ? 2 : 1));
    return nodes.add("Conv", [value, pickerFor(channels, kernel)], {
      group: int(channels),
      kernel_shape: ints(kernel),
      dilations: ints(grid.map(({ offset }) => Math.max(offset, 1))),
      strides: ints(grid.map(({ stride }) => stride)),
    });
  };

  return {
    /** Needs sizes that hold for every sample: the centre of a cell must always exist, and grids must stay equal. */
    serves: (value: Value, count: number): boolean => {
      const [, channels, ...spatial] = value.shape ?? [];
      return typeof channels === "number" && channels <= count && spatial.length === 2 && spatial.every((size) => typeof size === "number");
    },
    add: (value: Value, count: number): ((outputs: Tensors) => readonly Float32Array[]) => {
      const [, channels, height, width] = nodes.shapeOf(value);
      const grid = gridFor(height!, width!, Math.floor(count / channels!));
      const key = grid.map(({ positions }) => positions).join();
      const gather = gathers.get(key) ?? createGather(nodes, 1);
      gathers.set(key, gather);
      return gather.add(pick(value, channels!, grid), channels!).rows;
    },
    finish: (): readonly Value[] => [...gathers.values()].flatMap((gather) => gather.finish()),
  };
}

/** At most `count` positions; powers of two where the size allows, so that many tensors share a grid. */
function gridFor(height: number, width: number, count: number): readonly Axis[] {
  const exponent = Math.floor(Math.log2(count));
  const rows = Math.min(height, 2 ** Math.ceil(exponent / 2));
  const columns = Math.min(width, 2 ** Math.floor(Math.log2(count / rows)));
  return [axisFor(height, rows), axisFor(width, columns)];
}

function axisFor(size: number, wanted: number): Axis {
  const stride = Math.ceil(size / wanted);
  const offset = stride > 1 ? 1 : 0;
  return { stride, offset, positions: Math.floor((size - 1 - offset) / stride) + 1 };
}
