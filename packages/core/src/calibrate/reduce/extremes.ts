/**
 * Extremes inside the graph: next to each tensor, nodes that leave little more than the numbers that are wanted. Tensors in
 * blocked layout are pooled, others reduced; results of neighbours in the model are gathered into one output.
 */
import type { Value } from "../../ir/index.ts";
import { boundsOf } from "../../placement/index.ts";
import type { Tensor, Tensors } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import { type Side, sliceEnds, wholeEnd } from "./ends.ts";
import type { ExecutionOrder } from "./execution-order.ts";
import { gather, type ReadRows } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";
import { poolChannels } from "./pooled-extremes.ts";
import { reducedEnd, reducedSliceEnds } from "./reduced-extremes.ts";

export type ReadTensor = (outputs: Tensors) => Tensor;

/** One end of a tensor, to be built when all are known. */
interface End {
  readonly how: "pooled" | "whole" | "slices";
  readonly side: Side;
  readonly value: Value;
  readonly axis: number | undefined;
  read: ReadRows;
}

export function extremesInGraph(nodes: ObservingNodes, order: ExecutionOrder) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const pool = poolChannels(nodes);
  const ends = new Map<string, End>();

  const ask = (side: Side, value: Value, axis: number | undefined): End => {
    const how = isBlocked(value) && (axis === undefined || axis === 1) ? "pooled" : axis === undefined ? "whole" : "slices";
    const key = `${side} ${how} ${how === "slices" ? axis : ""} ${value.name}`;
    const end = ends.get(key) ?? { how, side, value, axis, read: () => [] };
    ends.set(key, end);
    return end;
  };

  const build = (run: readonly End[]): Value => {
    const { how, axis } = run[0]!;
    if (how === "slices") {
      const output = nodes.output(reducedSliceEnds(nodes, run[0]!.side, nodes.float(run[0]!.value), axis!));
      run[0]!.read = (outputs) => [outputs[output.name]!.data as Float32Array];
      return output;
    }
    const pooled = how === "pooled";
    const results = pooled
      ? run.map(({ side, value }) => pool(side, value))
      : flattened(run.map(({ side, value }) => reducedEnd(nodes, side, nodes.float(value))));
    const lengths = run.map(({ value }) => (pooled ? nodes.shapeOf(value)[1]! : 1));
    const { output, parts } = gather(nodes, results, lengths, pooled ? 1 : 0);
    run.forEach((end, index) => {
      end.read = pooled && end.side === "min" ? negated(parts[index]!) : parts[index]!;
    });
    return output;
  };

  /** Made last to first: see ExecutionOrder. */
  const flattened = (scalars: readonly Value[]): readonly Value[] =>
    scalars
      .toReversed()
      .map((scalar) => nodes.add("Reshape", [scalar, nodes.integers([1])]))
      .reverse();

  return {
    add: (value: Value, axis: number | undefined): ReadTensor => {
      const position = axis !== undefined && axis < 0 ? axis + nodes.shapeOf(value).length : axis;
      const max = ask("max", value, position);
      const min = boundsOf(value).min >= 0 ? undefined : ask("min", value, position);
      if (axis === undefined) {
        return (outputs) => ({
          dtype: "float32",
          shape: [2],
          data: Float32Array.of(min ? wholeEnd("min", min.read, outputs) : 0, wholeEnd("max", max.read, outputs)),
        });
      }
      return (outputs) => {
        const largest = sliceEnds("max", max.read, outputs);
        const data = new Float32Array(2 * largest.length);
        if (min) data.set(sliceEnds("min", min.read, outputs));
        data.set(largest, largest.length);
        return { dtype: "float32", shape: [2, largest.length], data };
      };
    },
    finish: (): readonly Value[] => {
      const positionOf = ({ value }: End): number => nodes.positionOf(value);
      const sorted = [...ends.values()].sort((a, b) => positionOf(a) - positionOf(b));
      return runsOf(sorted).map((run) => {
        const output = build(run);
        order.pin(output, positionOf(run.at(-1)!));
        return output;
      });
    },
  };
}

/** Neighbours that can share an output. */
function runsOf(ends: readonly End[]): readonly (readonly End[])[] {
  const runs: End[][] = [];
  for (const end of ends) {
    const run = runs.at(-1);
    if (run && run[0]!.how === end.how && end.how !== "slices") run.push(end);
    else runs.push([end]);
  }
  return runs;
}

function negated(read: ReadRows): ReadRows {
  return (outputs) => read(outputs).map((row) => row.map((value) => -value));
}
