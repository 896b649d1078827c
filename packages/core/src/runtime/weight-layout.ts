/** A weight as the right side of a batched matrix product: element [b, d, m], with d = (channel, tap of the kernel). */
import type { Layer, NodeView, Tensor } from "../spec/index.ts";

export interface WeightLayout {
  readonly batch: number;
  readonly depth: number;
  readonly columns: number;
  /** Elements of the kernel: those of d that share an input channel. */
  readonly kernel: number;
  /** Of the weight tensor; taps of the kernel are neighbours. */
  readonly strides: { readonly batch: number; readonly channel: number; readonly column: number };
}

/** `layer` has a weight; `node` is its node. */
export function weightLayoutOf({ groups }: Layer, node: NodeView): WeightLayout {
  const shape = node.inputs[1]!.constant!.shape;
  const [first, second] = [shape[0]!, shape[1]!];
  const kernel = shape.slice(2).reduce((count, size) => count * size, 1);
  switch (node.op) {
    case "Conv": {
      const [columns, depth] = [first / groups, second * kernel];
      return { batch: groups, depth, columns, kernel, strides: { batch: columns * depth, channel: kernel, column: depth } };
    }
    case "ConvTranspose": {
      const channels = first / groups;
      const strides = { batch: channels * second * kernel, channel: second * kernel, column: kernel };
      return { batch: groups, depth: channels * kernel, columns: second, kernel, strides };
    }
    default: {
      if (node.attribute("transB") === 1) return { batch: 1, depth: second, columns: first, kernel: 1, strides: { batch: 0, channel: 1, column: second } };
      return { batch: 1, depth: first, columns: second, kernel: 1, strides: { batch: 0, channel: second, column: 1 } };
    }
  }
}

/** Where element [b, d, m] of the product's right side is in the weight. */
export function placeOf({ kernel, strides }: WeightLayout, batch: number, row: number, column: number): number {
  return batch * strides.batch + Math.floor(row / kernel) * strides.channel + (row % kernel) + column * strides.column;
}

/** Values in the weight's layout as [B, D, M]. */
export function asRight(values: Float32Array, layout: WeightLayout): Tensor {
  const { batch, depth, columns, strides } = layout;
  const right = new Float32Array(batch * depth * columns);
  let next = 0;
  for (let group = 0; group < batch; group++) {
    for (let row = 0; row < depth; row++) {
      const start = placeOf(layout, group, row, 0);
      for (let column = 0; column < columns; column++) right[next++] = values[start + column * strides.column]!;
    }
  }
  return { dtype: "float32", shape: [batch, depth, columns], data: right };
}
