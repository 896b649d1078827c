import { int, ints, type Value } from "../../ir/index.ts";
import { type Bundle, bundlesOf } from "./bundles.ts";
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

/** What is asked of one tensor; `read` is known once it was built. */
interface Request {
  readonly count: number;
  read: ReadRows;
}

/**
 * Samples of tensors in blocked layout: all channels at the positions of a regular grid, picked by a depthwise
 * convolution. Its kernel is 1 at its last position, so that the grid can leave out the border, where values are not like
 * the others. Tensors of equal size with equal grids share an output.
 */
export function pickedSamples(nodes: ObservingNodes, order: ExecutionOrder) {
  const requests = new Map<Value, Request>();

  const pick = (bundle: Bundle, grid: readonly Axis[]): Value => {
    const channels = bundle.channels.reduce((a, b) => a + b, 0);
    const kernel = grid.map(({ offset }) => offset + 1);
    const shape = [channels, 1, ...kernel];
    const size = kernel.reduce((a, b) => a * b, 1);
    const picker = nodes.once(`picker ${shape}`, () => {
      const data = Float32Array.from({ length: channels * size }, (_, index) => (index % size === size - 1 ? 1 : 0));
      return nodes.graph.addConstant("observe_picker", { dtype: "float32", shape, data });
    });
    const strides = ints(grid.map(({ stride }) => stride));
    return nodes.add("Conv", [bundle.joined(), picker], { group: int(channels), kernel_shape: ints(kernel), strides });
  };

  const gridOf = ({ values, channels }: Bundle): readonly Axis[] => {
    const [, , height, width] = nodes.shapeOf(values[0]!);
    return gridFor(height!, width!, Math.floor(requests.get(values[0]!)!.count / Math.max(...channels)));
  };

  return {
    /** Needs sizes that hold for every sample: positions must exist in each, and grids must stay equal. One count per tensor. */
    serves: (value: Value, count: number): boolean => {
      const [, channels, ...spatial] = value.shape ?? [];
      const free = (requests.get(value)?.count ?? count) === count;
      return free && typeof channels === "number" && channels <= count && spatial.length === 2 && spatial.every((size) => typeof size === "number");
    },
    add: (value: Value, count: number): ReadRows => {
      const request = requests.get(value) ?? { count, read: () => [] };
      requests.set(value, request);
      return (outputs) => request.read(outputs);
    },
    finish: (): readonly Value[] => {
      const bundles = bundlesOf(nodes, [...requests.keys()], (value) => String(requests.get(value)!.count));
      const grids = new Map(bundles.map((bundle) => [bundle, gridOf(bundle)]));
      const keyOf = (bundle: Bundle): string => `${nodes.shapeOf(bundle.values[0]!).slice(2)} ${grids.get(bundle)!.map(({ positions }) => positions)}`;
      return [...new Set(bundles.map(keyOf))].map((key) => {
        const group = bundles.filter((bundle) => keyOf(bundle) === key);
        const picks = group.map((bundle) => pick(bundle, grids.get(bundle)!));
        const { output, parts } = gather(
          nodes,
          picks,
          group.flatMap(({ channels }) => channels),
          1,
        );
        group
          .flatMap(({ values }) => values)
          .forEach((value, index) => {
            requests.get(value)!.read = parts[index]!;
          });
        order.pin(output, group.at(-1)!.position);
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
