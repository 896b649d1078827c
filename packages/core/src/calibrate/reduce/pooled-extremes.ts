import { int, ints, type Value } from "../../ir/index.ts";
import type { ReadEnd } from "./extremes.ts";
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

  const largest = (value: Value, channels: number): ReadEnd => {
    const offset = gather.add(nodes.add("GlobalMaxPool", [value]), channels);
    return (outputs) => {
      const data = gather.data(outputs);
      const ends = data.slice(offset, offset + channels);
      for (let sample = gather.length(); sample < data.length; sample += gather.length()) {
        for (let channel = 0; channel < channels; channel++) ends[channel] = Math.max(ends[channel]!, data[sample + offset + channel]!);
      }
      return ends;
    };
  };

  return {
    end: (side: "min" | "max", value: Value): ReadEnd => {
      const channels = nodes.shapeOf(value)[1]!;
      if (side === "max") return largest(value, channels);
      const read = largest(negative(value, channels), channels);
      return (outputs) => read(outputs).map((end) => -end);
    },
    finish: gather.finish,
  };
}
