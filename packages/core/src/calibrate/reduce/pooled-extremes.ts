import { int, ints, type Value } from "../../ir/index.ts";
import type { Side } from "./ends.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Pools one end of each channel of tensors in blocked layout. A minimum is pooled as the maximum of the negative, so it comes out negated. */
export function poolChannels(nodes: ObservingNodes): (side: Side, value: Value) => Value {
  const negators = new Map<number, Value>();
  const negatorFor = (channels: number): Value => {
    const shape = [channels, 1, 1, 1];
    const negator =
      negators.get(channels) ?? nodes.graph.addConstant("observe_negator", { dtype: "float32", shape, data: new Float32Array(channels).fill(-1) });
    negators.set(channels, negator);
    return negator;
  };
  const negative = (value: Value): Value => {
    const channels = nodes.shapeOf(value)[1]!;
    return nodes.add("Conv", [value, negatorFor(channels)], { group: int(channels), kernel_shape: ints([1, 1]) });
  };
  return (side, value) => nodes.add("GlobalMaxPool", [side === "max" ? value : negative(value)]);
}
