/**
 * What the readers of a rescaled tensor need, so that nothing changes: with x' = x / scale - shift per channel,
 *
 *     W x + b = W' x' + b'    W' = W * scale along the input channels    b' = b + W' * shift
 *
 * (RepQ-ViT, arXiv 2212.08254, 3.3). A kernel that pads would read zeros where x' has -shift: it cannot be shifted.
 */
import { floatValues } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import { type NodeView, QuantError, type Rescaling, type Tensor } from "../spec/index.ts";

/** float32, in the shape of `weight`, which `node` multiplies with. */
export function rescaleWeight(node: NodeView, weight: Tensor, { scale }: Rescaling): Tensor {
  const values = floatValues(weight);
  const data = new Float32Array(values.length);
  visitChannels(node, weight.shape, (index, input) => {
    data[index] = values[index]! * scale[input]!;
  });
  return { dtype: "float32", shape: weight.shape, data };
}

/** W' * shift, one value per output channel; undefined where nothing is shifted. `weight` is the rescaled one. */
export function biasOfShift(node: NodeView, weight: Tensor, { shift }: Rescaling): Float64Array | undefined {
  if (!isShifted(shift)) return undefined;
  const values = floatValues(weight);
  const sums = new Float64Array(channelsOf(node, weight.shape).outputs);
  visitChannels(node, weight.shape, (index, input, output) => {
    sums[output]! += values[index]! * shift[input]!;
  });
  return sums;
}

export function isShifted(shift: Rescaling["shift"]): shift is readonly number[] {
  return shift?.some((value) => value !== 0) ?? false;
}

/** @throws `invalid-config` naming `operands.TENSOR.rescaling` when `node` cannot undo it. */
export function checkRescaling(node: NodeView, tensor: string, rescaling: Rescaling): void {
  const problem = problemOf(node, tensor, rescaling);
  if (problem) {
    const field = `operands.${tensor}.rescaling`;
    throw new QuantError("invalid-config", `Plan field ${field}: ${problem}.`, { details: { field, node: node.name } });
  }
}

function problemOf(node: NodeView, tensor: string, { axis, scale, shift }: Rescaling): string | undefined {
  const weight = node.inputs[1]?.constant;
  if (!weightLayoutOf(node) || !weight || node.inputs[0]?.name !== tensor) return `${node.op} ${node.name} has no constant weight to undo it`;
  const rank = node.inputs[0].shape?.length;
  const expected = node.op === "MatMul" || node.op === "Gemm" ? rank && rank - 1 : 1;
  if (expected !== undefined && axis !== expected) return `the channels that ${node.op} ${node.name} reads are on axis ${expected}, not ${axis}`;
  const { inputs } = channelsOf(node, weight.shape);
  if (scale.length !== inputs) return `${node.op} ${node.name} reads ${inputs} channels, not ${scale.length}`;
  if (!isShifted(shift)) return undefined;
  if (pads(node)) return `${node.op} ${node.name} pads its input with zeros, so it cannot be shifted`;
  if (weight.shape.length > 2 && node.op === "MatMul") return `${node.op} ${node.name} has a batch of weights and can have no bias`;
  return undefined;
}

function pads(node: NodeView): boolean {
  if (node.op === "MatMul" || node.op === "Gemm") return false;
  const amounts = node.attribute("pads");
  return (
    node.op === "ConvTranspose" ||
    String(node.attribute("auto_pad") ?? "").startsWith("SAME") ||
    (Array.isArray(amounts) && amounts.some((amount) => amount !== 0))
  );
}

/** How a weight, seen as [batch, first, second, kernel], is cut into channels. */
interface Channels {
  readonly first: number;
  readonly second: number;
  readonly kernel: number;
  readonly inputs: number;
  readonly outputs: number;
  input(first: number, second: number): number;
  output(first: number, second: number): number;
}

function channelsOf(node: NodeView, shape: readonly number[]): Channels {
  const isMatrix = node.op === "MatMul" || node.op === "Gemm";
  const [first, second] = (isMatrix ? shape.slice(-2) : shape) as [number, number];
  if (isMatrix) {
    const transposed = node.op === "Gemm" && node.attribute("transB") === 1;
    const [rows, columns] = [(row: number) => row, (_: number, column: number) => column];
    return transposed
      ? { first, second, kernel: 1, inputs: second, outputs: first, input: columns, output: rows }
      : { first, second, kernel: 1, inputs: first, outputs: second, input: rows, output: columns };
  }
  const kernel = shape.slice(2).reduce((product, size) => product * size, 1);
  const groups = Number(node.attribute("group") ?? 1);
  const grouped = (outer: number, inner: number): number => Math.floor(outer / (first / groups)) * second + inner;
  return node.op === "ConvTranspose"
    ? { first, second, kernel, inputs: first, outputs: second * groups, input: (outer) => outer, output: grouped }
    : { first, second, kernel, inputs: second * groups, outputs: first, input: grouped, output: (outer) => outer };
}

function visitChannels(node: NodeView, shape: readonly number[], visit: (index: number, input: number, output: number) => void): void {
  const { first, second, kernel, input, output } = channelsOf(node, shape);
  const count = shape.reduce((product, size) => product * size, 1);
  for (let index = 0; index < count; index++) {
    const row = Math.floor(index / (second * kernel)) % first;
    const column = Math.floor(index / kernel) % second;
    visit(index, input(row, column), output(row, column));
  }
}
