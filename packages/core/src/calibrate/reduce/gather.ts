import { int, type Value } from "../../ir/index.ts";
import type { Tensors } from "../../spec/index.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Many small results in one output: an output that crosses out of the runtime costs more than a node inside. */
export interface Gather {
  /** Answers with the offset of the part along the gathering axis. */
  add(part: Value, length: number): number;
  /** The output that holds all parts; none when there are none. */
  finish(): readonly Value[];
  data(outputs: Tensors): Float32Array;
  /** Elements along the gathering axis. */
  length(): number;
}

export function createGather({ add, output }: ObservingNodes, axis: number): Gather {
  const parts: Value[] = [];
  let length = 0;
  let whole: Value | undefined;
  return {
    add: (part, size) => {
      parts.push(part);
      length += size;
      return length - size;
    },
    finish: () => {
      if (parts.length === 0) return [];
      whole = output(add("Concat", parts, { axis: int(axis) }));
      whole.dtype = "float32";
      return [whole];
    },
    data: (outputs) => outputs[whole!.name]!.data as Float32Array,
    length: () => length,
  };
}
