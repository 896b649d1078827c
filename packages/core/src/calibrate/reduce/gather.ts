import { int, type Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Many small results in one output: an output that crosses out of the runtime costs more than a node inside. */
export interface Gather {
  /** The part has `length` elements along the axis and must agree with the others on all axes behind it. */
  add(part: Value, length: number): Part;
  /** The output that holds all parts; none when there are none. */
  finish(): readonly Value[];
}

/** Where a part lies in the output: once per row, where rows are what lies before the axis. */
export interface Part {
  /** The part's elements in each row. */
  rows(outputs: Tensors): readonly Float32Array[];
}

export function createGather({ add, output }: ObservingNodes, axis: number): Gather {
  const parts: Value[] = [];
  let total = 0;
  let whole: Value | undefined;
  return {
    add: (part, length) => {
      const start = total;
      parts.push(part);
      total += length;
      return {
        rows: (outputs) => {
          const { data, shape } = outputs[whole!.name]!;
          const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
          const row = total * inner;
          return Array.from({ length: data.length / row }, (_, index) =>
            (data as Float32Array).subarray(index * row + start * inner, index * row + (start + length) * inner),
          );
        },
      };
    },
    finish: () => {
      if (parts.length === 0) return [];
      whole = output(parts.length > 1 ? add("Concat", parts, { axis: int(axis) }) : add("Identity", parts));
      whole.dtype = "float32";
      return [whole];
    },
  };
}
