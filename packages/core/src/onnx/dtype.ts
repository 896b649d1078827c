import type { Dtype } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";

/** Each at the index that is ONNX's number of it (TensorProto.DataType); 0 says that there is none. */
const dtypes: readonly (Dtype | undefined)[] = [
  undefined,
  ...(["float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64"] as const),
  ...(["uint32", "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"] as const),
  ...(["uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"] as const),
];

/** The number ONNX gives an element type, as the attributes of Cast and its like hold it. */
export function dataTypeOf(dtype: Dtype): number {
  return dtypes.indexOf(dtype);
}

/** @throws `invalid-model` for a number no ONNX release knows. */
export function dtypeFrom(dataType: number, where: string): Dtype {
  const dtype = dtypes[dataType];
  if (!dtype) throw new QuantError("invalid-model", `${where} has element type ${dataType}, which ONNX does not define.`, { details: { where, dataType } });
  return dtype;
}
