import { type Dtype, QuantError, type Tensor, type TensorData } from "@halftone/core";
import type { Tensor as RuntimeTensor } from "onnxruntime-web";
import type { OnnxRuntime } from "./runtime.ts";

/** The runtime's JavaScript side knows no bfloat16 and none of the types that ONNX added later. */
const carried: ReadonlySet<string> = new Set<Dtype>([
  "float32",
  "float16",
  "float64",
  "int64",
  "int32",
  "int16",
  "int8",
  "int4",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "uint4",
  "bool",
  "string",
]);

export function checkCarried(name: string, dtype: string): void {
  if (carried.has(dtype)) return;
  throw new QuantError(
    "backend-failed",
    `onnxruntime-web cannot pass "${name}" in or out of a session: its type is ${dtype}. Cast it to another type inside the model.`,
    { details: { tensor: name, dtype } },
  );
}

export function toRuntime(runtime: OnnxRuntime, name: string, { dtype, data, shape }: Tensor): RuntimeTensor {
  checkCarried(name, dtype);
  return new runtime.Tensor(dtype as "float32", data as Float32Array, shape);
}

export async function fromRuntime(tensor: RuntimeTensor): Promise<Tensor> {
  const data = await tensor.getData(true);
  return { dtype: tensor.type, shape: tensor.dims, data: tensor.type === "float16" ? bitPattern(data as HalfFloats) : (data as TensorData) };
}

/** A browser that has Float16Array gets one from the runtime; the contract's half floats are bit patterns. */
type HalfFloats = Uint16Array | { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly length: number };

function bitPattern(data: HalfFloats): Uint16Array {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}
