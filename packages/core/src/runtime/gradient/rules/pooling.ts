import { int, type Node, string, type Value } from "../../../ir/index.ts";
import type { GradientBuilder, GradientRule } from "../rule.ts";
import { joined, sizesBetween, zerosLike } from "./sizes.ts";
import { scatterWindows, type Windows, windowsOf } from "./windows.ts";

/** Each window spreads its gradient evenly over what it averaged. The channels are taken for samples of one channel. */
const averagePool: GradientRule = (node, [gradient], builder) => {
  const [input, output] = [node.inputs[0]!, node.outputs[0]!];
  const kernel = node.ints("kernel_shape") ?? [];
  const windows = windowsOf(node, kernel, builder);
  const share = builder.op("Div", [gradient!, windowCounts(node, windows, builder)]);
  const planes = builder.op("Reshape", [share, joined(builder, [builder.integers([-1, 1]), sizesBetween(builder, output, 2)])]);
  const ones = builder.floats(Array<number>(kernel.reduce((count, size) => count * size, 1)).fill(1), [1, 1, ...kernel]);
  return [builder.reshapeLike(scatterWindows(builder, planes, ones, windows, 1, { input, output }), input)];
};

/** How many elements each window averages, as a constant that broadcasts with the output. */
function windowCounts(node: Node, windows: Windows, builder: GradientBuilder): Value {
  const { kernel, before, after } = windows;
  const countsPadding = node.int("count_include_pad", 0) !== 0;
  const isWhole = node.int("ceil_mode", 0) === 0 && (countsPadding || [...before, ...after].every((pad) => pad === 0));
  if (isWhole) return builder.scalar(kernel.reduce((count, size) => count * size, 1));
  const perAxis = kernel.map((_, axis) => {
    const [input, output] = [node.inputs[0]!.shape?.[axis + 2], node.outputs[0]!.shape?.[axis + 2]];
    if (typeof input !== "number" || typeof output !== "number") return builder.refuse("its windows reach beyond an input whose size is not known");
    return countsAlong(windows, axis, { input, output, countsPadding });
  });
  const counts = perAxis.reduce((outer, inner) => outer.flatMap((count) => inner.map((next) => count * next)), [1]);
  return builder.floats(counts, [1, 1, ...perAxis.map((each) => each.length)]);
}

interface AlongAxis {
  readonly input: number;
  readonly output: number;
  readonly countsPadding: boolean;
}

function countsAlong({ kernel, strides, dilations, before, after }: Windows, axis: number, { input, output, countsPadding }: AlongAxis): readonly number[] {
  const [first, last] = countsPadding ? [-before[axis]!, input + after[axis]!] : [0, input];
  return Array.from({ length: output }, (_, window) => {
    const start = window * strides[axis]! - before[axis]!;
    const positions = Array.from({ length: kernel[axis]! }, (_, index) => start + index * dilations[axis]!);
    return positions.filter((position) => position >= first && position < last).length;
  });
}

/** Each window gives its gradient to the element it chose; the pooling answers with the places if asked. */
const maxPool: GradientRule = (node, [gradient], builder) => {
  const input = node.inputs[0]!;
  if (node.int("storage_order", 0) !== 0) builder.refuse("it counts its places column by column");
  const { graph } = node;
  if (!node.outputs[1]) graph.setProducer(graph.addValue(graph.freshName(`${node.name}_places`)), node, 1);
  const flat = builder.integers([-1]);
  const [places, share, zeros] = [node.outputs[1]!, gradient!, zerosLike(builder, input)].map((value) => builder.op("Reshape", [value, flat]));
  return [builder.reshapeLike(builder.op("ScatterElements", [zeros, places, share], { axis: int(0), reduction: string("add") }), input)];
};

export const poolingRules: Readonly<Record<string, GradientRule>> = { AveragePool: averagePool, MaxPool: maxPool };
