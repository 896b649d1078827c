import type { Dtype, Tensor, TensorData } from "../spec/index.ts";

export function tensor(dtype: Dtype, shape: readonly number[], data: TensorData): Tensor {
  return { dtype, shape, data };
}

/** A float32 tensor. */
export function floats(shape: readonly number[], values: Iterable<number>): Tensor {
  return tensor("float32", shape, Float32Array.from(values));
}
