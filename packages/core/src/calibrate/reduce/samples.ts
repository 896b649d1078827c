/** Samples inside the graph: few enough values of each tensor to look at one by one. */
import type { Value } from "../../ir/index.ts";
import { blockedLayout } from "./blocked-layout.ts";
import type { ExecutionOrder } from "./execution-order.ts";
import type { ReadTensor } from "./extremes.ts";
import type { ObservingNodes } from "./observing-nodes.ts";
import { pickedSamples } from "./picked-samples.ts";
import { slicedSamples } from "./sliced-samples.ts";

export function samplesInGraph(nodes: ObservingNodes, order: ExecutionOrder) {
  const isBlocked = blockedLayout(nodes.shapeOf);
  const picked = pickedSamples(nodes, order);
  const sliced = slicedSamples(nodes, order);
  return {
    add: (value: Value, count: number): ReadTensor => {
      if (isBlocked(value) && picked.serves(value, count)) {
        const rows = picked.add(value, count);
        return (outputs) => atMost(joined(rows(outputs)), count);
      }
      const read = sliced.add(value, count);
      return (outputs) => atMost(read(outputs), count);
    },
    finish: (): readonly Value[] => [...picked.finish(), ...sliced.finish()],
    phase: sliced.phase,
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  if (rows.length === 1) return rows[0]!;
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let start = 0;
  for (const row of rows) {
    all.set(row, start);
    start += row.length;
  }
  return all;
}

/** A batch, or a sample larger than the one the grid was made for, has more. */
function atMost(values: Float32Array, count: number) {
  const stride = Math.ceil(values.length / count);
  const kept = stride <= 1 ? values : values.filter((_, index) => index % stride === 0);
  return { dtype: "float32", shape: [kept.length], data: kept } as const;
}
