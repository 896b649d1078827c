import type { Graph, Node, Value } from "../../ir/index.ts";
import type { Dimension } from "../../spec/index.ts";

type Shape = readonly Dimension[];

/** Operators whose output has the shape of their first input. */
const shapePreserving = new Set(
  "QuantizeLinear DequantizeLinear Identity Clip Relu LeakyRelu Sigmoid HardSigmoid HardSwish Tanh Erf Gelu Softmax LogSoftmax Sqrt Exp Log Abs Neg Round Floor Ceil Cast Dropout LayerNormalization InstanceNormalization GroupNormalization BatchNormalization".split(
    " ",
  ),
);

const broadcasting = new Set(["Add", "Sub", "Mul", "Div", "Pow", "Min", "Max"]);

/** Fills in the shapes of values whose operator tells: rewriting adds nodes without asking the runtime for their types. */
export function completeShapes(graph: Graph): void {
  for (const node of graph.nodes) {
    const output = node.outputs[0];
    if (output && !output.shape) output.shape = shapeFromInputs(node);
  }
}

function shapeFromInputs(node: Node): Shape | undefined {
  if (node.domain !== "") return undefined;
  if (shapePreserving.has(node.op)) return node.inputs[0]?.shape;
  return broadcasting.has(node.op) ? node.inputs.map((input) => input?.shape).reduce(broadcast) : undefined;
}

function broadcast(left: Shape | undefined, right: Shape | undefined): Shape | undefined {
  if (!left || !right) return undefined;
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => together(alignedTo(left, rank, axis), alignedTo(right, rank, axis)));
}

function together(left: Dimension, right: Dimension): Dimension {
  if (left === 1 || left === right) return right;
  if (right === 1) return left;
  return [left, right].find((dimension) => typeof dimension === "number") ?? "";
}

/** Broadcasting aligns shapes at their ends and reads what is missing as 1. */
function alignedTo(shape: Shape, rank: number, axis: number): Dimension {
  return shape[axis - (rank - shape.length)] ?? 1;
}

/**
 * The axes of the output over which the gradient of an input is summed, because the input has size 1 there (or no such axis); undefined where that shows at
 * run time only. The last `exempt` axes are left alone.
 */
export function broadcastAxes(node: Node, index: number, exempt: number): readonly number[] | undefined {
  // The second input of Expand is a shape to become, not a tensor to meet.
  const shapes = node.op === "Expand" ? [node.inputs[0]!.shape, undefined] : node.inputs.map((input) => input?.shape);
  const [output, input] = [node.outputs[0]!.shape, shapes[index]];
  if (!input) return undefined;
  const rank = output?.length ?? (shapes.every((shape) => shape !== undefined) ? Math.max(...shapes.map((shape) => shape!.length)) : undefined);
  if (rank === undefined) return undefined;
  const axes: number[] = [];
  for (let axis = 0; axis < rank - exempt; axis++) {
    const size = axis < rank - input.length ? undefined : alignedTo(input, rank, axis);
    const whole = output?.[axis];
    const others = shapes.filter((_, other) => other !== index);
    if ((size !== "" && size === whole) || (typeof size === "number" && size > 1)) continue;
    if (size === 1 || size === undefined) axes.push(axis);
    else if (!others.every((shape) => shape && alignedTo(shape, rank, axis) === 1)) return undefined;
  }
  return axes;
}

/** The number of elements along axes, where it is the same in every run. */
export function staticCount(value: Value, axes?: readonly number[]): number | undefined {
  const dimensions = axes ? axes.map((axis) => value.shape?.at(axis)) : value.shape;
  return dimensions?.reduce<number | undefined>((count, size) => (count !== undefined && typeof size === "number" ? count * size : undefined), 1);
}
