import { int, type Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Reads what a part holds: its elements in each row, where rows are what lies before the gathering axis. */
export type ReadRows = (outputs: Tensors) => readonly Float32Array[];

/** Many small results in one output: an output that crosses out of the runtime costs more than a node inside. */
export interface Gathered {
  readonly output: Value;
  /** In order; they have the `lengths` given. */
  readonly parts: readonly ReadRows[];
}

/** The values must agree on all axes but `axis`, along which they are cut into parts of the given lengths. */
export function gather(nodes: ObservingNodes, values: readonly Value[], lengths: readonly number[], axis: number): Gathered {
  const output = nodes.output(values.length > 1 ? nodes.add("Concat", values, { axis: int(axis) }) : nodes.add("Identity", values));
  const total = lengths.reduce((a, b) => a + b, 0);
  let end = 0;
  const parts = lengths.map((length): ReadRows => {
    const start = end;
    end += length;
    const stop = end;
    return (outputs) => {
      const { data, shape } = outputs[output.name]!;
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const row = total * inner;
      return Array.from({ length: data.length / row }, (_, index) => (data as Float32Array).subarray(index * row + start * inner, index * row + stop * inner));
    };
  });
  return { output, parts };
}
