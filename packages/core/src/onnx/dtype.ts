import { TensorProto_DataType as DataType } from "onnx-buf";
import type { Dtype } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

const codeOf: Readonly<Record<Dtype, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  bfloat16: DataType.BFLOAT16,
  float64: DataType.DOUBLE,
  int64: DataType.INT64,
  int32: DataType.INT32,
  int16: DataType.INT16,
  int8: DataType.INT8,
  int4: DataType.INT4,
  uint64: DataType.UINT64,
  uint32: DataType.UINT32,
  uint16: DataType.UINT16,
  uint8: DataType.UINT8,
  uint4: DataType.UINT4,
  bool: DataType.BOOL,
  string: DataType.STRING,
  complex64: DataType.COMPLEX64,
  complex128: DataType.COMPLEX128,
  float8e4m3fn: DataType.FLOAT8E4M3FN,
  float8e4m3fnuz: DataType.FLOAT8E4M3FNUZ,
  float8e5m2: DataType.FLOAT8E5M2,
  float8e5m2fnuz: DataType.FLOAT8E5M2FNUZ,
  float8e8m0: DataType.FLOAT8E8M0,
  float4e2m1: DataType.FLOAT4E2M1,
  int2: DataType.INT2,
  uint2: DataType.UINT2,
};

const dtypeOf: ReadonlyMap<number, Dtype> = new Map(Object.entries(codeOf).map(([dtype, code]) => [code, dtype as Dtype]));

/** The number ONNX gives an element type, as the attributes of Cast and its like hold it. */
export function dataTypeOf(dtype: Dtype): number {
  return codeOf[dtype];
}

/** @throws `invalid-model` for a number no ONNX release knows. */
export function dtypeFrom(dataType: number, where: string): Dtype {
  const dtype = dtypeOf.get(dataType);
  if (!dtype) throw new QuantError("invalid-model", `${where} has element type ${dataType}, which ONNX does not define.`, { details: { where, dataType } });
  return dtype;
}
