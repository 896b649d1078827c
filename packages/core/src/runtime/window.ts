/**
 * Which inputs a convolution reads for an output position. Per axis, tap k of output position o reads input position
 *
 *     Conv:           o * stride + k * dilation - pad
 *     ConvTranspose:  (o + pad - k * dilation) / stride, where that is whole
 *
 * and real 0 where the input has no such position. So both are products of patches with the weight.
 */
import type { NodeView } from "../spec/index.ts";

/** The offsets that a window reads, within one channel. */
export interface Window {
  /** Output positions of one sample. */
  readonly positions: number;
  /** Elements of one input channel. */
  readonly plane: number;
  /** Fills `taps`, one entry per kernel element, with input offsets; -1 stands for a zero. */
  read(position: number, taps: Int32Array): void;
}

interface Axis {
  readonly output: number;
  /** [output, kernel] */
  readonly input: Int32Array;
  readonly kernel: number;
  readonly stride: number;
}

/** `shape` is that of the data: [N, C, ...sizes]. */
export function windowOf(node: NodeView, shape: readonly number[]): Window {
  const sizes = shape.slice(2);
  const strides = sizes.map((_, axis) => product(sizes.slice(axis + 1)));
  const axes = sizes.map((size, axis) => axisOf(node, axis, size, strides[axis]!));
  return {
    positions: product(axes.map(({ output }) => output)),
    plane: product(sizes),
    read: (position, taps) => {
      taps.fill(0);
      let rest = position;
      let repeat = 1;
      // From the last axis to the first: the last varies fastest, in positions and in taps.
      for (let index = axes.length - 1; index >= 0; index--) {
        const { output, input, kernel, stride } = axes[index]!;
        const start = (rest % output) * kernel;
        rest = Math.floor(rest / output);
        for (let tap = 0; tap < taps.length; tap++) {
          const found = input[start + (Math.floor(tap / repeat) % kernel)]!;
          taps[tap] = found < 0 || taps[tap]! < 0 ? -1 : taps[tap]! + found * stride;
        }
        repeat *= kernel;
      }
    },
  };
}

/** Whether a window may reach beyond the input. */
export function windowReadsPadding(node: NodeView): boolean {
  const rank = spatialRank(node);
  const automatic = autoPad(node);
  if (automatic.startsWith("SAME")) return Array.from({ length: rank }, (_, axis) => kernelOf(node, axis)).some((kernel) => kernel > 1);
  return automatic !== "VALID" && Array.from({ length: 2 * rank }, (_, index) => attributeAt(node, "pads", index, 0)).some((pad) => pad > 0);
}

/** Whether a ConvTranspose says its padding itself. */
export function isTransposable(node: NodeView): boolean {
  return ["NOTSET", "VALID"].includes(autoPad(node)) && node.attribute("output_shape") === undefined;
}

function axisOf(node: NodeView, axis: number, size: number, elements: number): Axis {
  const kernel = kernelOf(node, axis);
  const step = attributeAt(node, "strides", axis, 1);
  const dilation = attributeAt(node, "dilations", axis, 1);
  const reach = (kernel - 1) * dilation + 1;
  const transposed = node.op === "ConvTranspose";
  const pad = padsOf(node, axis, size, step, reach);
  const padding = pad.begin + pad.end;
  const output = transposed
    ? step * (size - 1) + attributeAt(node, "output_padding", axis, 0) + reach - padding
    : Math.floor((size + padding - reach) / step) + 1;
  const input = new Int32Array(output * kernel);
  for (let position = 0; position < output; position++) {
    for (let tap = 0; tap < kernel; tap++) {
      const place = transposed ? (position + pad.begin - tap * dilation) / step : position * step + tap * dilation - pad.begin;
      input[position * kernel + tap] = Number.isInteger(place) && place >= 0 && place < size ? place : -1;
    }
  }
  return { output, input, kernel, stride: elements };
}

function padsOf(node: NodeView, axis: number, size: number, step: number, reach: number): { readonly begin: number; readonly end: number } {
  const automatic = autoPad(node);
  if (automatic === "VALID") return { begin: 0, end: 0 };
  if (automatic === "NOTSET") return { begin: attributeAt(node, "pads", axis, 0), end: attributeAt(node, "pads", axis + spatialRank(node), 0) };
  const total = Math.max((Math.ceil(size / step) - 1) * step + reach - size, 0);
  const less = Math.floor(total / 2);
  return automatic === "SAME_UPPER" ? { begin: less, end: total - less } : { begin: total - less, end: less };
}

function autoPad(node: NodeView): string {
  return String(node.attribute("auto_pad") ?? "NOTSET");
}

function spatialRank(node: NodeView): number {
  return node.inputs[1]!.constant!.shape.length - 2;
}

function kernelOf(node: NodeView, axis: number): number {
  return node.inputs[1]!.constant!.shape[axis + 2]!;
}

function attributeAt(node: NodeView, name: string, index: number, fallback: number): number {
  return (node.attribute(name) as readonly number[] | undefined)?.[index] ?? fallback;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
