/**
 * The squared error of a layer as a function of its weight alone, where the operand stays as it is (EasyQuant's and GPTQ's Gram form): with what the rows
 * have in common with each other and with what is missing, a candidate costs D^2 M instead of R D M.
 */
import type { LayerSample, Tensor } from "../spec/index.ts";
import type { Kernels } from "./kernels.ts";

/** What of the rows is needed for every weight. */
export interface Quadratic {
  /** [B, D, M]: the weight that errors are counted from. */
  readonly base: Tensor;
  /** [B, D, D] */
  readonly second: Tensor;
  /** [B, D, M] */
  readonly missing: Tensor;
  /** [B, 1, M]: squared errors of `base`. */
  readonly rest: Tensor;
  readonly ones: Tensor;
}

/** Whether it is worth summing over the rows once: there are many more of them than of elements, and importance tells rows apart, not columns. */
export function isQuadraticWorthIt({ layer, left, importance }: LayerSample): boolean {
  const [, rows, depth] = left.shape as [number, number, number];
  return layer.weight !== undefined && 2 * depth <= rows && (importance === undefined || importance.shape[2] === 1);
}

/** `left` is the operand as it is read; `right` the weight and `reference` the product in terms of it. */
export async function quadraticOf(
  kernels: Kernels,
  { left, right, reference, importance }: Pick<LayerSample, "left" | "right" | "reference" | "importance">,
): Promise<Quadratic> {
  const y = await kernels.run("subtract", { x: reference, y: await kernels.run("product", { left, right }) });
  const weigh = async (x: Tensor): Promise<Tensor> => (importance ? kernels.run("scale", { x, scale: importance }) : x);
  const [second, missing] = [await kernels.run("moments", { x: await weigh(left), y: left }), await kernels.run("moments", { x: await weigh(left), y })];
  const [rows, depth] = [left.shape[1]!, left.shape[2]!];
  const rest = await kernels.run("moments", { x: await kernels.run("multiply", { x: await weigh(y), y }), y: vector(rows, [1, rows, 1]) });
  return { base: right, second, missing, rest: { ...rest, shape: [rest.shape[0]!, 1, rest.shape[1]!] }, ones: vector(depth, [1, 1, depth]) };
}

function vector(length: number, shape: readonly number[]): Tensor {
  return { dtype: "float32", shape, data: new Float32Array(length).fill(1) };
}
