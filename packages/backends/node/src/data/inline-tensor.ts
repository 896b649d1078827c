import { type Dtype, QuantError, type Tensor, type TensorData } from "@halftone/core";

const numeric: Readonly<Partial<Record<Dtype, (values: readonly number[]) => TensorData>>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  int32: (values) => Int32Array.from(values),
  int16: (values) => Int16Array.from(values),
  int8: (values) => Int8Array.from(values),
  uint64: (values) => BigUint64Array.from(values, BigInt),
  uint32: (values) => Uint32Array.from(values),
  uint16: (values) => Uint16Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  bool: (values) => Uint8Array.from(values),
};

/** A tensor written as JSON: `{"dtype": "float32", "shape": [1, 2], "data": [0.5, 1]}`. @throws `invalid-data`. */
export function inlineTensor(input: string, value: unknown): Tensor {
  const { dtype = "float32", shape, data } = (value ?? {}) as { readonly dtype?: Dtype; readonly shape?: unknown; readonly data?: unknown };
  const convert = Object.hasOwn(numeric, dtype) ? numeric[dtype] : undefined;
  if (!convert) throw invalid(input, `its dtype is ${JSON.stringify(dtype)}`);
  if (!isNumbers(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw invalid(input, "its shape is no list of sizes");
  if (!isNumbers(data)) throw invalid(input, "its data is no flat list of numbers");
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) throw invalid(input, `the shape [${shape}] needs ${count} numbers, data has ${data.length}`);
  if (!dtype.startsWith("float") && !data.every(Number.isSafeInteger)) throw invalid(input, `${dtype} data must be whole numbers`);
  return { dtype, shape, data: convert(data) };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}

function invalid(input: string, reason: string): QuantError {
  return new QuantError("invalid-data", `The tensor for input ${input} cannot be used: ${reason}.`, { details: { input, reason } });
}
