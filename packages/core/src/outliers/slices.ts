import type { Tensor } from "../spec/index.ts";

/** The slices of a float32 tensor along `axis`, in the order of `indices`. */
export function takeSlices(tensor: Tensor, axis: number, indices: readonly number[]): Tensor {
  const data = tensor.data as Float32Array;
  const { rows, count, inner } = layout(tensor.shape, axis);
  const taken = new Float32Array(rows * indices.length * inner);
  for (let row = 0; row < rows; row++) {
    for (const [place, index] of indices.entries()) {
      const from = (row * count + index) * inner;
      taken.set(data.subarray(from, from + inner), (row * indices.length + place) * inner);
    }
  }
  return { dtype: "float32", shape: tensor.shape.with(axis, indices.length), data: taken };
}

/** The tensor with zeros in those slices. */
export function zeroSlices(tensor: Tensor, axis: number, indices: readonly number[]): Tensor {
  const data = (tensor.data as Float32Array).slice();
  const { rows, count, inner } = layout(tensor.shape, axis);
  for (let row = 0; row < rows; row++) {
    for (const index of indices) data.fill(0, (row * count + index) * inner, (row * count + index + 1) * inner);
  }
  return { dtype: "float32", shape: tensor.shape, data };
}

function layout(shape: readonly number[], axis: number): { readonly rows: number; readonly count: number; readonly inner: number } {
  const product = (sizes: readonly number[]): number => sizes.reduce((left, right) => left * right, 1);
  return { rows: product(shape.slice(0, axis)), count: shape[axis]!, inner: product(shape.slice(axis + 1)) };
}
