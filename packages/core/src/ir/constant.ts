import type { Dtype, Tensor } from "../spec/index.ts";
import { bytesOfTensor, tensorFromBytes } from "./tensor-bytes.ts";

/** The content of an initializer, never changed: bytes as ONNX stores them, decoded on first use. */
export interface Constant {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Little-endian `raw_data`; empty for strings. */
  readonly bytes: Uint8Array;
  /** What the codec must write back and nobody else reads. */
  readonly origin?: unknown;
  tensor(): Tensor;
}

export function constantFromBytes(dtype: Dtype, shape: readonly number[], bytes: Uint8Array, origin?: unknown): Constant {
  return { dtype, shape, bytes, origin, tensor: once(() => tensorFromBytes(dtype, shape, bytes)) };
}

/** Strings as UTF-8. */
export function constantFromStrings(shape: readonly number[], strings: readonly Uint8Array[], origin?: unknown): Constant {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const decode = (): Tensor => ({ dtype: "string", shape, data: strings.map((bytes) => decoder.decode(bytes)) });
  return { dtype: "string", shape, bytes: new Uint8Array(0), origin, tensor: once(decode) };
}

export function constantFromTensor(tensor: Tensor): Constant {
  const bytes = tensor.dtype === "string" ? new Uint8Array(0) : bytesOfTensor(tensor);
  return { dtype: tensor.dtype, shape: tensor.shape, bytes, tensor: () => tensor };
}

function once<Result>(make: () => Result): () => Result {
  let made: Result | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
