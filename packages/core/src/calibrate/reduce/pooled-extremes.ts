import { int, ints, type Value } from "../../ir/index.ts";
import { type End, endOf } from "./ends.ts";
import { createGather } from "./gather.ts";
import type { ObservingNodes } from "./observing-nodes.ts";

/** Extremes per channel of tensors in blocked layout, by pooling; the minimum is the maximum of the negative. */
export function pooledExtremes(nodes: ObservingNodes) {
  const gather = createGather(nodes, 1);
  const negators = new Map<number, Value>();

  const negative = (value: Value, channels: number): Value => {
    const weight =
      negators.get(channels) ??
      nodes.graph.addConstant("observe_negator", { dtype: "float32", shape: [channels, 1, 1, 1], data: new Float32Array(channels).fill(-1) });
    negators.set(channels, weight);
    return nodes.add("Conv", [value, weight], { group: int(channels), kernel_shape: ints([1, 1]) });
  };

  return {
    end: (side: "min" | "max", value: Value): End => {
      const channels = nodes.shapeOf(value)[1]!;
      const source = side === "max" ? value : negative(value, channels);
      return endOf(side, gather.add(nodes.add("GlobalMaxPool", [source]), channels).rows, side === "min");
    },
    finish: gather.finish,
  };
}
