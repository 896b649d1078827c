/** Extremes inside the graph: next to each tensor, nodes that leave a number per end and channel of it, or per end. */
import type { Value } from "../../ir/index.ts";
import { boundsOf } from "../../placement/index.ts";
import type { Tensor, Tensors } from "../../spec/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import type { ObservingNodes } from "./observing-nodes.ts";
import { pooledExtremes } from "./pooled-extremes.ts";
import { reducedExtremes } from "./reduced-extremes.ts";

/** Reads one end of the range: a number per slice, or one or more numbers whose extreme is that of the tensor. */
export type ReadEnd = (outputs: Tensors) => Float32Array;

export type ReadTensor = (outputs: Tensors) => Tensor;

export function extremesInGraph(nodes: ObservingNodes) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const pooled = pooledExtremes(nodes);
  const reduced = reducedExtremes(nodes);
  const known = new Map<string, ReadEnd>();

  const endOf = (side: "min" | "max", value: Value, axis: number | undefined): ReadEnd => {
    const pools = isBlocked(value) && (axis === undefined || axis === 1);
    const key = `${side} ${pools ? "pooled" : axis} ${value.name}`;
    const source = nodes.float(value);
    const read = known.get(key) ?? (pools ? pooled.end(side, value) : axis === undefined ? reduced.end(side, source) : reduced.sliceEnds(side, source, axis));
    known.set(key, read);
    return read;
  };

  return {
    add: (value: Value, axis: number | undefined): ReadTensor => {
      const position = axis !== undefined && axis < 0 ? axis + nodes.shapeOf(value).length : axis;
      const max = endOf("max", value, position);
      const min = boundsOf(value).min >= 0 ? undefined : endOf("min", value, position);
      if (axis !== undefined) return (outputs) => pairs(min?.(outputs), max(outputs));
      return (outputs) => ({
        dtype: "float32",
        shape: [2],
        data: Float32Array.of(
          min ? min(outputs).reduce((a, b) => Math.min(a, b)) : 0,
          max(outputs).reduce((a, b) => Math.max(a, b)),
        ),
      });
    },
    finish: (): readonly Value[] => [...pooled.finish(), ...reduced.finish()],
  };
}

function pairs(min: Float32Array | undefined, max: Float32Array): Tensor {
  const data = new Float32Array(2 * max.length);
  if (min) data.set(min);
  data.set(max, max.length);
  return { dtype: "float32", shape: [2, max.length], data };
}
