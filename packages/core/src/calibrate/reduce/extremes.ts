/** Extremes inside the graph: next to each tensor, nodes that leave little more than the two numbers that are wanted. */
import type { Value } from "../../ir/index.ts";
import { boundsOf } from "../../placement/index.ts";
import type { Tensor, Tensors } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import type { End } from "./ends.ts";
import type { ObservingNodes } from "./observing-nodes.ts";
import { pooledExtremes } from "./pooled-extremes.ts";
import { reducedExtremes } from "./reduced-extremes.ts";

export type ReadTensor = (outputs: Tensors) => Tensor;

export function extremesInGraph(nodes: ObservingNodes) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const pooled = pooledExtremes(nodes);
  const reduced = reducedExtremes(nodes);
  const known = new Map<string, End>();

  const endOf = (side: "min" | "max", value: Value, axis: number | undefined): End => {
    const pools = isBlocked(value) && (axis === undefined || axis === 1);
    const key = `${side} ${pools ? "pooled" : axis} ${value.name}`;
    const build = (): End => {
      if (pools) return pooled.end(side, value);
      return axis === undefined ? reduced.whole(side, nodes.float(value)) : reduced.slices(side, nodes.float(value), axis);
    };
    const end = known.get(key) ?? build();
    known.set(key, end);
    return end;
  };

  return {
    add: (value: Value, axis: number | undefined): ReadTensor => {
      const position = axis !== undefined && axis < 0 ? axis + nodes.shapeOf(value).length : axis;
      const max = endOf("max", value, position);
      const min = boundsOf(value).min >= 0 ? undefined : endOf("min", value, position);
      if (axis === undefined) return (outputs) => ({ dtype: "float32", shape: [2], data: Float32Array.of(min?.whole(outputs) ?? 0, max.whole(outputs)) });
      return (outputs) => {
        const largest = max.slices(outputs);
        const data = new Float32Array(2 * largest.length);
        if (min) data.set(min.slices(outputs));
        data.set(largest, largest.length);
        return { dtype: "float32", shape: [2, largest.length], data };
      };
    },
    finish: (): readonly Value[] => [...pooled.finish(), ...reduced.finish()],
  };
}
