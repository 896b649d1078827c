import { int, ints, type Value } from "../../ir/index.ts";
import type { ExecutionOrder } from "./execution-order.ts";
import { gather, type ReadRows } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Positions along one axis of a regular grid. */
interface Axis {
  readonly stride: number;
  /** The first position. */
  readonly offset: number;
  readonly positions: number;
}

/** One tensor's samples, to be built when all are known. */
interface Pick {
  readonly value: Value;
  readonly grid: readonly Axis[];
  read: ReadRows;
}

/**
 * Samples of tensors in blocked layout: all channels at the positions of a regular grid, picked by a depthwise
 * convolution. Its kernel is 1 at its last position, so that the grid can leave out the border, where values are not like
 * the others. Grids of equal size share an output.
 */
export function pickedSamples(nodes: ObservingNodes, order: ExecutionOrder) {
  const picks: Pick[] = [];
  const pickers = new Map<string, Value>();

  const pickerFor = (channels: number, kernel: readonly number[]): Value => {
    const shape = [channels, 1, ...kernel];
    const size = kernel.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: channels * size }, (_, index) => (index % size === size - 1 ? 1 : 0));
    const picker = pickers.get(shape.join()) ?? nodes.graph.addConstant("observe_picker", { dtype: "float32", shape, data });
    pickers.set(shape.join(), picker);
    return picker;
  };

  const build = ({ value, grid }: Pick): Value => {
    const channels = nodes.shapeOf(value)[1]!;
    const kernel = grid.map(({ offset }) => offset + 1);
    const picked = nodes.add("Conv", [value, pickerFor(channels, kernel)], {
      group: int(channels),
      kernel_shape: ints(kernel),
      strides: ints(grid.map(({ stride }) => stride)),
    });
    order.pin(picked, nodes.positionOf(value));
    return picked;
  };

  return {
    /** Needs sizes that hold for every sample: positions must exist in each, and grids must stay equal. */
    serves: (value: Value, count: number): boolean => {
      const [, channels, ...spatial] = value.shape ?? [];
      return typeof channels === "number" && channels <= count && spatial.length === 2 && spatial.every((size) => typeof size === "number");
    },
    add: (value: Value, count: number): ReadRows => {
      const [, channels, height, width] = nodes.shapeOf(value);
      const pick: Pick = { value, grid: gridFor(height!, width!, Math.floor(count / channels!)), read: () => [] };
      picks.push(pick);
      return (outputs) => pick.read(outputs);
    },
    finish: (): readonly Value[] => {
      const sorted = picks.toSorted((a, b) => nodes.positionOf(a.value) - nodes.positionOf(b.value));
      const built = new Map(sorted.map((pick) => [pick, build(pick)]));
      const sizeOf = ({ grid }: Pick): string => grid.map(({ positions }) => positions).join();
      return [...new Set(sorted.map(sizeOf))].map((size) => {
        const group = sorted.filter((pick) => sizeOf(pick) === size);
        const values = group.map((pick) => built.get(pick)!);
        const lengths = group.map(({ value }) => nodes.shapeOf(value)[1]!);
        const { output, parts } = gather(nodes, values, lengths, 1);
        group.forEach((pick, index) => {
          pick.read = parts[index]!;
        });
        return output;
      });
    },
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
