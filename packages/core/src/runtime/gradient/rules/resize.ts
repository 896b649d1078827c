import { ints, type Node, type Value } from "../../../ir/index.ts";
import { numbersOf } from "../../../normalize/constant-numbers.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";

/** Per axis; undefined where the sizes are not known. */
type Scales = readonly (number | undefined)[];

function scalesOf(node: Node, builder: GradientBuilder): Scales {
  const [input, , scales] = node.inputs;
  const given = scales?.constant && numbersOf(scales.constant);
  if (given && given.length > 0) return Array.from(given);
  const shapes = [input!.shape, node.outputs[0]!.shape];
  return Array.from({ length: builder.rankOf(input!) }, (_, axis) => {
    const [from, to] = shapes.map((shape) => shape?.[axis]);
    if (from === to && from !== "") return 1;
    return typeof from === "number" && typeof to === "number" ? to / from : undefined;
  });
}

const resize: GradientRule = (node, [gradient], builder) => {
  if (node.attributes.has("axes") || node.int("antialias", 0) !== 0) builder.refuse("it names axes or filters against aliasing");
  const scales = scalesOf(node, builder);
  if (isRepetition(node, scales)) return [sumOfBlocks(builder, gradient!, scales.slice(2) as readonly number[])];
  if (node.string("mode", "nearest") !== "linear") builder.refuse("only repetition by whole factors and linear interpolation have a rule");
  return [throughInterpolation(node, gradient!, scales, builder)];
};

/** Nearest by a whole factor repeats each element, wherever the middle of an element is taken to be. */
function isRepetition(node: Node, scales: Scales): boolean {
  const [place, rounding] = [node.string("coordinate_transformation_mode", "half_pixel"), node.string("nearest_mode", "round_prefer_floor")];
  const isPlain = (place === "asymmetric" && rounding === "floor") || (/half_pixel/.test(place) && rounding.startsWith("round"));
  const isWhole = scales.every((scale, axis) => scale !== undefined && (axis < 2 ? scale === 1 : Number.isInteger(scale) && scale >= 1));
  return node.string("mode", "nearest") === "nearest" && isPlain && isWhole && scales.length > 2;
}

function sumOfBlocks(builder: GradientBuilder, gradient: Value, factors: readonly number[]): Value {
  const mean = builder.op("AveragePool", [gradient], { kernel_shape: ints(factors), strides: ints(factors) });
  return builder.op("Mul", [mean, builder.scalar(factors.reduce((count, factor) => count * factor, 1))]);
}

/** Interpolation is a matrix per axis; its transpose carries the gradient back. */
function throughInterpolation(node: Node, gradient: Value, scales: Scales, builder: GradientBuilder): Value {
  const rank = scales.length;
  return scales.reduce((carried, scale, axis) => {
    const [from, to] = [node.inputs[0]!.shape?.[axis], node.outputs[0]!.shape?.[axis]];
    if (scale === 1) return carried;
    if (scale === undefined || typeof from !== "number" || typeof to !== "number" || axis < rank - 2) return builder.refuse("its sizes are not known");
    const place = placeOf(node, { from, to, scale }) ?? builder.refuse("it has a coordinate mode without a rule");
    const taps = Array.from({ length: to }, (_, index) => tapsAt(place(index), from));
    if (axis === rank - 1) return builder.op("MatMul", [carried, builder.floats(taps.flat(), [to, from])]);
    const transposed = Array.from({ length: from }, (_, row) => taps.map((tap) => tap[row]!));
    return builder.op("MatMul", [builder.floats(transposed.flat(), [from, to]), carried]);
  }, gradient);
}

interface Axis {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Where an element of the output lies in the input (ONNX Resize, coordinate_transformation_mode). */
function placeOf(node: Node, { from, to, scale }: Axis): ((index: number) => number) | undefined {
  const mode = node.string("coordinate_transformation_mode", "half_pixel");
  switch (mode) {
    case "half_pixel":
      return (index) => (index + 0.5) / scale - 0.5;
    case "pytorch_half_pixel":
      return (index) => (to > 1 ? (index + 0.5) / scale - 0.5 : 0);
    case "asymmetric":
      return (index) => index / scale;
    case "align_corners":
      return (index) => (to > 1 ? (index * (from - 1)) / (to - 1) : 0);
    default:
      return undefined;
  }
}

/** The weights of all elements of the input in one of the output. */
function tapsAt(place: number, size: number): readonly number[] {
  const inside = Math.min(Math.max(place, 0), size - 1);
  return Array.from({ length: size }, (_, index) => Math.max(1 - Math.abs(index - inside), 0));
}

export const resizeRules: Readonly<Record<string, GradientRule>> = { Resize: resize };
