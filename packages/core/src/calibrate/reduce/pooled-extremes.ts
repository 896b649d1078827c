import { int, ints, type Value } from "../../ir/index.ts";
import type { Ends } from "./ends.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** One end of each channel of a tensor in blocked layout. A minimum is pooled as the maximum of the negative, so it comes out negated. */
export function pooledEnd(nodes: ObservingNodes, side: Ends["side"], value: Value, channels: number): Value {
  return nodes.add("GlobalMaxPool", [side === "max" ? value : negative(nodes, value, channels)]);
}

function negative(nodes: ObservingNodes, value: Value, channels: number): Value {
  const weight = nodes.once(`negator ${channels}`, () =>
    nodes.graph.addConstant("observe_negator", { dtype: "float32", shape: [channels, 1, 1, 1], data: new Float32Array(channels).fill(-1) }),
  );
  return nodes.add("Conv", [value, weight], { group: int(channels), kernel_shape: ints([1, 1]) });
}
