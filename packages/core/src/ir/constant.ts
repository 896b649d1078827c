import type { Dtype, Tensor } from "../spec/index.ts";
import { bytesOfTensor, tensorFromBytes } from "./tensor-bytes.ts";

/** The content of an initializer: bytes as ONNX stores them, decoded on first use. */
export interface Constant {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian `raw_data`; empty for strings. */
  readonly bytes: Uint8Array;
  tensor(): Tensor;
}

export function constantFromBytes(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Constant {
  let decoded: Tensor | undefined;
  return {
    dtype,
    shape,
    bytes,
    tensor: () => {
      decoded ??= tensorFromBytes(dtype, shape, bytes);
      return decoded;
    },
  };
}

export function constantFromTensor(tensor: Tensor): Constant {
  const bytes = tensor.dtype === "string" ? new Uint8Array(0) : bytesOfTensor(tensor);
  return { dtype: tensor.dtype, shape: tensor.shape, bytes, tensor: () => tensor };
}
