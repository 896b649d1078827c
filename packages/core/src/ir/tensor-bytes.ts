import type { Dtype, Tensor, TensorData } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

/** Bits of one element as ONNX stores it in `raw_data`; strings have none. */
export const bitsPerElement: Readonly<Record<Exclude<Dtype, "string">, number>> = {
  float32: 32,
  float16: 16,
  bfloat16: 16,
  float64: 64,
  int64: 64,
  int32: 32,
  int16: 16,
  int8: 8,
  int4: 4,
  uint64: 64,
  uint32: 32,
  uint16: 16,
  uint8: 8,
  uint4: 4,
  bool: 8,
  complex64: 64,
  complex128: 128,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  float8e8m0: 8,
  float4e2m1: 4,
  int2: 2,
  uint2: 2,
};

type NumericArray = Exclude<TensorData, readonly string[]>;
type NumericArrayConstructor = { new (buffer: ArrayBufferLike, offset: number, length: number): NumericArray; readonly BYTES_PER_ELEMENT: number };

const arrayOf: Partial<Record<Dtype, NumericArrayConstructor>> = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float64: Float64Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
};

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

export function byteLength(dtype: Dtype, shape: readonly number[]): number {
  if (dtype === "string") throw new QuantError("internal", "A string tensor has no byte length.");
  return Math.ceil((elementCount(shape) * bitsPerElement[dtype]) / 8);
}

/** Little-endian bytes as a typed array: a view where the bytes are aligned, a copy where they are not. */
export function tensorFromBytes(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor {
  const array = arrayOf[dtype];
  if (!array) return { dtype, shape, data: bytes };
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return { dtype, shape, data: new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / array.BYTES_PER_ELEMENT) };
}

export function bytesOfTensor(tensor: Tensor): Uint8Array {
  const data = tensor.data;
  if (!ArrayBuffer.isView(data)) throw new QuantError("internal", "A string tensor has no raw bytes.");
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
