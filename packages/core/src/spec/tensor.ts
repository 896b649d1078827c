/** Element types, named as ONNX names them (TensorProto.DataType, lower case). */
export type Dtype =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "int4"
  | "uint64"
  | "uint32"
  | "uint16"
  | "uint8"
  | "uint4"
  | "bool"
  | "string"
  | "complex64"
  | "complex128"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "float8e8m0"
  | "float4e2m1"
  | "int2"
  | "uint2";

/** Element types a quantized tensor may be stored in. */
export type IntegerDtype = "int4" | "uint4" | "int8" | "uint8" | "int16" | "uint16" | "int32";

export type TensorData =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | readonly string[];

/**
 * A dense tensor, row-major.
 *
 * `data` holds one element per entry, with these exceptions: `float16` and `bfloat16` are their bit patterns in a
 * `Uint16Array`; `bool` is a `Uint8Array` of 0 and 1; `int4` and `uint4` are a `Uint8Array` with two elements per
 * byte, the first in the low nibble, as in ONNX. The types after `string` are carried as their bytes and never computed
 * on.
 */
export interface Tensor {
  readonly dtype: Dtype;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Tensors by name: what a session is fed and what it answers. */
export type Tensors = Readonly<Record<string, Tensor>>;
