import { int, ints, type Node, type Value } from "../../../ir/index.ts";
import type { Dimension } from "../../../spec/index.ts";
import type { GradientBuilder } from "../rule.ts";
import { joined } from "./sizes.ts";

/** How a convolution or pooling moves its kernel, with one entry per spatial axis. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros around the input. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Elements a kernel spans, less one. */
export const reachOf = ({ kernel, dilations }: Windows, axis: number): number => dilations[axis]! * (kernel[axis]! - 1);

/** @throws `unsupported-op` for `auto_pad` where it depends on a size that is not known. */
export function windowsOf(node: Node, kernel: readonly number[], builder: GradientBuilder): Windows {
  const axes = kernel.map((_, axis) => axis);
  const strides = node.ints("strides") ?? axes.map(() => 1);
  const dilations = node.ints("dilations") ?? axes.map(() => 1);
  const pads = node.ints("pads") ?? [...axes, ...axes].map(() => 0);
  const windows = { kernel, strides, dilations, before: pads.slice(0, axes.length), after: pads.slice(axes.length) };
  const mode = node.string("auto_pad", "NOTSET");
  if (mode === "NOTSET") return windows;
  if (mode === "VALID") return { ...windows, before: axes.map(() => 0), after: axes.map(() => 0) };
  const totals = axes.map((axis) => samePadding(windows, axis, node.inputs[0]!.shape?.[axis + 2]) ?? builder.refuse("auto_pad on a size that is not known"));
  const halves = totals.map((total) => Math.floor(total / 2));
  const rests = totals.map((total, axis) => total - halves[axis]!);
  return mode === "SAME_UPPER" ? { ...windows, before: halves, after: rests } : { ...windows, before: rests, after: halves };
}

/** SAME: as many windows as the stride fits into the input, rounded up. */
function samePadding(windows: Windows, axis: number, size: unknown): number | undefined {
  const [stride, reach] = [windows.strides[axis]!, reachOf(windows, axis)];
  if (stride === 1) return reach;
  if (typeof size !== "number") return undefined;
  return Math.max((Math.ceil(size / stride) - 1) * stride + reach + 1 - size, 0);
}

/** The spatial sizes of a convolution's weight, all of whose sizes are known. */
export function kernelOf(weight: Value, builder: GradientBuilder): readonly number[] {
  const { shape } = weight;
  if (shape?.every((size) => typeof size === "number")) return shape.slice(2);
  return builder.refuse(`the shape of its weights ${weight.name} is not known`);
}

/**
 * What each window read, put back and added up: the transposed convolution of `gradient`, which has the spatial size of
 * `output`, to the spatial size of `input`. What lies beyond the last window gets zeros.
 */
export function scatterWindows(builder: GradientBuilder, gradient: Value, weight: Value, windows: Windows, group: number, { input, output }: Ends): Value {
  const { kernel, strides, dilations, before } = windows;
  const ends = kernel.map((_, axis) => endOf(windows, axis, input.shape?.[axis + 2], output.shape?.[axis + 2]));
  const scattered = builder.op("ConvTranspose", [gradient, weight], {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(group),
    pads: ints([...before, ...ends.map(({ pad }) => pad)]),
    output_padding: ints(ends.map(({ extra }) => extra)),
  });
  return ends.some(({ isExact }) => !isExact) ? cropLike(builder, scattered, input) : scattered;
}

interface Ends {
  readonly input: Value;
  readonly output: Value;
}

/** What to cut off or to add after the last window. */
function endOf(windows: Windows, axis: number, input: Dimension | undefined, output: Dimension | undefined) {
  const [stride, before, after] = [windows.strides[axis]!, windows.before[axis]!, windows.after[axis]!];
  if (typeof input === "number" && typeof output === "number") {
    const end = (output - 1) * stride + reachOf(windows, axis) + 1 - before;
    return { pad: Math.max(end - input, 0), extra: Math.max(input - end, 0), isExact: true };
  }
  // The windows of stride 1 end where the padded input does; others up to a stride earlier.
  return stride === 1 ? { pad: after, extra: 0, isExact: true } : { pad: 0, extra: stride - 1, isExact: false };
}

/** Cuts the spatial axes down to the sizes of `like`. */
function cropLike(builder: GradientBuilder, value: Value, like: Value): Value {
  const axes = Array.from({ length: builder.rankOf(like) - 2 }, (_, axis) => axis + 2);
  const ends = joined(
    builder,
    axes.map((axis) => builder.sizeOf(like, axis)),
  );
  return builder.op("Slice", [value, builder.integers(axes.map(() => 0)), ends, builder.integers(axes)]);
}
