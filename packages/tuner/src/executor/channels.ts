import { floatValues, type NodeView } from "@halftone/core";

/** Of the values of one output channel of a weight. */
export interface Channel {
  /** Largest magnitude. */
  readonly peak: number;
  readonly meanSquare: number;
}

/** Of a node with a constant weight: Conv, Gemm or MatMul. */
export function channelsOf(node: NodeView): readonly Channel[] {
  const position = node.inputs.slice(0, 2).findIndex((value) => value?.constant !== undefined);
  const weight = node.inputs[position]!.constant!;
  const [shape, values] = [weight.shape, floatValues(weight)];
  const axis = channelAxisOf(node, position, shape.length);
  const count = shape[axis]!;
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const [peaks, squares] = [new Float64Array(count), new Float64Array(count)];
  for (const [index, value] of values.entries()) {
    const channel = Math.floor(index / inner) % count;
    peaks[channel] = Math.max(peaks[channel]!, Math.abs(value));
    squares[channel]! += value * value;
  }
  return Array.from(peaks, (peak, channel) => ({ peak, meanSquare: squares[channel]! / (values.length / count) }));
}

function channelAxisOf(node: NodeView, position: number, rank: number): number {
  if (node.op === "Conv") return 0;
  const isTransposed = node.attribute(position === 0 ? "transA" : "transB") === 1;
  // A weight on the left of a product gives its rows, one on the right its columns.
  return Math.max(0, (position === 0) !== isTransposed ? rank - 2 : rank - 1);
}
