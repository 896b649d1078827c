import { floatValues } from "../numerics/index.ts";
import type { Layer, NodeView, Tensor } from "../spec/index.ts";
import { type WeightLayout, weightLayoutOf } from "./weight-layout.ts";
import { windowOf } from "./window.ts";

/** Copies rows of one tensor of a feed. Positions count over all samples of the feed, those of the first sample first. */
export interface RowReader {
  readonly positions: number;
  /** Writes the row of every batch entry: entry b starts at `target[row * width + b * pitch]`. */
  copy(position: number, target: Float32Array, row: number): void;
}

/** Sizes of what is gathered: [batch, rows, width]. */
export interface RowShape {
  readonly batch: number;
  readonly rows: number;
  readonly width: number;
}

/** The rows that a layer with a weight multiplies. */
export function operandRows(layer: Layer, node: NodeView, tensor: Tensor, shape: RowShape): RowReader {
  if (layer.kind === "linear") return plainRows(tensor, shape);
  return patchRows(node, tensor, shape, weightLayoutOf(layer, node));
}

/** The rows that it answers with. */
export function outputRows(layer: Layer, tensor: Tensor, shape: RowShape): RowReader {
  if (layer.kind === "linear") return plainRows(tensor, shape);
  const values = floatValues(tensor);
  const channels = tensor.shape[1]!;
  const plane = values.length / (tensor.shape[0]! * channels);
  return {
    positions: tensor.shape[0]! * plane,
    copy: (position, target, row) => {
      const start = Math.floor(position / plane) * channels * plane + (position % plane);
      for (let channel = 0; channel < channels; channel++) {
        const group = Math.floor(channel / shape.width);
        target[(group * shape.rows + row) * shape.width + (channel % shape.width)] = values[start + channel * plane]!;
      }
    },
  };
}

function plainRows(tensor: Tensor, { width }: RowShape): RowReader {
  const values = floatValues(tensor);
  return {
    positions: values.length / width,
    copy: (position, target, row) => target.set(values.subarray(position * width, (position + 1) * width), row * width),
  };
}

function patchRows(node: NodeView, tensor: Tensor, shape: RowShape, { kernel }: WeightLayout): RowReader {
  const values = floatValues(tensor);
  const [samples, channels] = [tensor.shape[0]!, tensor.shape[1]!];
  const window = windowOf(node, tensor.shape);
  const perGroup = shape.width / kernel;
  const taps = new Int32Array(kernel);
  return {
    positions: samples * window.positions,
    copy: (position, target, row) => {
      window.read(position % window.positions, taps);
      const sample = Math.floor(position / window.positions) * channels * window.plane;
      for (let channel = 0; channel < channels; channel++) {
        const start = sample + channel * window.plane;
        const group = Math.floor(channel / perGroup);
        let next = (group * shape.rows + row) * shape.width + (channel % perGroup) * kernel;
        for (const tap of taps) target[next++] = tap < 0 ? 0 : values[start + tap]!;
      }
    },
  };
}
