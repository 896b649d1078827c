import type { Value } from "../../ir/index.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

export interface ExecutionOrder {
  /** The value is to be computed when the model has come to `position`. */
  pin(value: Value, position: number): void;
  /** `others` are outputs that were not pinned. */
  finish(others: readonly Value[]): void;
}

/**
 * Makes the runtime compute what is observed right behind the node that is observed. ONNX Runtime orders nodes by going up
 * from those that nobody reads, one after the other, and where several inputs lead up, the last one of the file comes
 * first. Left alone, it would run the whole model first and keep every activation waiting, which costs memory and turns
 * reductions of what is in the cache into reductions of what was. So a single node reads everything once more, the
 * first values of the model last in the file. It cannot change a result, only when it is computed.
 */
export function executionOrder(nodes: ObservingNodes): ExecutionOrder {
  const pinned: { readonly value: Value; readonly position: number }[] = [];
  return {
    pin: (value, position) => {
      pinned.push({ value, position });
    },
    finish: (others) => {
      const latestFirst = pinned.toSorted((a, b) => b.position - a.position).map(({ value }) => value);
      // Not Shape: the runtime may know the shape and then reads nothing.
      const sizes = [...others, ...latestFirst].map((value) => nodes.add("Size", [value]));
      if (sizes.length === 0) return;
      const last = nodes.add("Max", sizes);
      last.dtype = "int64";
      nodes.graph.addOutput(last);
    },
  };
}
