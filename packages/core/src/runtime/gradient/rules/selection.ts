import { int, type Node, type Value } from "../../../ir/index.ts";
import { integersOf } from "../../../normalize/constant-numbers.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";
import { restoreAlong, scatterAlong } from "./restore.ts";
import { fromFront, joined, sizesBetween, zerosLike } from "./sizes.ts";

const constantsOf = (value: Value, builder: GradientBuilder): readonly number[] => integersOf(value) ?? builder.refuse(`${value.name} is computed`);

const slice: GradientRule = (node, [gradient], builder) => {
  const [input, starts, ends, axes, steps] = node.inputs as [Value, Value, Value, Value | undefined, Value | undefined];
  const [from, to] = [constantsOf(starts, builder), constantsOf(ends, builder)];
  const along = axes ? constantsOf(axes, builder) : from.map((_, index) => index);
  const by = steps ? constantsOf(steps, builder) : from.map(() => 1);
  return [
    along.reduce((taken, axis, index) => {
      const range = { start: from[index]!, end: to[index]!, step: by[index]! };
      return restoreRange(builder, taken, input, fromFront(axis, builder.rankOf(input)), range);
    }, gradient!),
  ];
};

interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function restoreRange(builder: GradientBuilder, taken: Value, input: Value, axis: number, range: Range): Value {
  const size = input.shape?.[axis];
  if (typeof size === "number") return restoreAlong(builder, taken, { axis, rank: input.shape!.length }, positionsOf(range, size), size);
  const length = builder.sizeOf(input, axis);
  const zero = builder.integers([0]);
  const scalar = (vector: Value): Value => builder.op("Squeeze", [vector, zero]);
  const all = builder.op("Range", [scalar(zero), scalar(length), scalar(builder.integers([1]))]);
  const bounds = [range.start, range.end].map((bound) => builder.integers([bound]));
  const positions = builder.op("Slice", [all, ...bounds, zero, builder.integers([range.step])]);
  return scatterAlong(builder, taken, axis, positions, length);
}

/** As Slice clamps: a step back may start at the last element and end before the first. */
function positionsOf({ start, end, step }: Range, size: number): readonly number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (bound: number): number => Math.min(Math.max(fromFront(bound, size), low), high);
  const [first, last] = [clamp(start), clamp(end)];
  return Array.from({ length: Math.max(Math.ceil((last - first) / step), 0) }, (_, index) => first + index * step);
}

const gather: GradientRule = (node, [gradient], builder) => {
  const [input, indices] = node.inputs as [Value, Value];
  const [rank, places] = [builder.rankOf(input), builder.rankOf(indices)];
  const axis = fromFront(node.int("axis", 0), rank);
  const taken = withOneAxis(builder, gradient!, axis, places);
  const [known, size] = [integersOf(indices), input.shape?.[axis]];
  if (known && typeof size === "number") {
    const positions = known.map((index) => fromFront(index, size));
    return [restoreAlong(builder, taken, { axis, rank }, positions, size)];
  }
  const positions = builder.op("CastLike", [builder.op("Reshape", [indices, builder.integers([-1])]), builder.integers([0])]);
  return [scatterAlong(builder, taken, axis, positions, builder.sizeOf(input, axis))];
};

/** The axes of the indices, `count` of them, as one. */
function withOneAxis(builder: GradientBuilder, gradient: Value, axis: number, count: number): Value {
  if (count === 1) return gradient;
  if (count === 0) return builder.op("Unsqueeze", [gradient, builder.integers([axis])]);
  const sizes = [sizesBetween(builder, gradient, 0, axis), builder.integers([-1]), sizesBetween(builder, gradient, axis + count)];
  return builder.op("Reshape", [gradient, joined(builder, sizes)]);
}

const concat: GradientRule = (node, [gradient], builder) => {
  const inputs = node.inputs as readonly Value[];
  const axis = fromFront(node.int("axis", 0), builder.rankOf(inputs[0]!));
  const sizes = inputs.map((input) => input.shape?.[axis]);
  const isKnown = sizes.every((size) => typeof size === "number");
  const lengths = () =>
    joined(
      builder,
      inputs.map((input) => builder.sizeOf(input, axis)),
    );
  return builder.ops("Split", inputs.length, [gradient!, isKnown ? builder.integers(sizes) : lengths()], { axis: int(axis) });
};

const split: GradientRule = (node, gradients, builder) => {
  const parts = gradients.map((gradient, index) => gradient ?? zerosLike(builder, partOf(node, index, builder)));
  return [builder.op("Concat", parts, { axis: int(node.int("axis", 0)) })];
};

const partOf = (node: Node, index: number, builder: GradientBuilder): Value => node.outputs[index] ?? builder.refuse(`its output ${index} has no name`);

const where: GradientRule = (node, [gradient], builder) => {
  const [condition, zero] = [node.inputs[0]!, builder.scalar(0)];
  const [chosen, other] = [builder.op("Where", [condition, gradient!, zero]), builder.op("Where", [condition, zero, gradient!])];
  return [undefined, builder.sumLike(chosen, node, 1), builder.sumLike(other, node, 2)];
};

/** Negative padding cuts off. */
const pad: GradientRule = (node, [gradient], builder) => {
  const [input, pads, value, axes] = node.inputs as [Value, Value, Value | undefined, Value | undefined];
  builder.requireInactive([value]);
  if (node.string("mode", "constant") !== "constant") builder.refuse(`it pads in mode ${node.string("mode", "constant")}`);
  if (!axes) return [builder.op("Pad", [gradient!, builder.op("Neg", [pads])])];
  const [rank, along, given] = [builder.rankOf(input), constantsOf(axes, builder), constantsOf(pads, builder)];
  const whole = Array<number>(2 * rank).fill(0);
  along.forEach((axis, index) => {
    const place = fromFront(axis, rank);
    whole[place] = -given[index]!;
    whole[place + rank] = -given[index + along.length]!;
  });
  return [builder.op("Pad", [gradient!, builder.integers(whole)])];
};

export const selectionRules: Readonly<Record<string, GradientRule>> = { Slice: slice, Gather: gather, Concat: concat, Split: split, Where: where, Pad: pad };
