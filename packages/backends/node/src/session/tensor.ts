import { type Dtype, QuantError, type Tensor, type TensorData } from "@halftone/core";
import type { Tensor as RuntimeTensor } from "onnxruntime-node";
import type { OnnxRuntime } from "./runtime.ts";

/** The Node binding carries no 4-bit tensors (it ends the process on a 4-bit output) and no bfloat16. */
const carried: ReadonlySet<string> = new Set<Dtype>([
  "float32",
  "float16",
  "float64",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint64",
  "uint32",
  "uint16",
  "uint8",
  "bool",
  "string",
]);

export function checkCarried(name: string, dtype: string): void {
  if (carried.has(dtype)) return;
  throw new QuantError(
    "backend-failed",
    `onnxruntime-node cannot pass "${name}" in or out of a session: its type is ${dtype}. Cast it to another type inside the model.`,
    { details: { tensor: name, dtype } },
  );
}

export function toRuntime(runtime: OnnxRuntime, name: string, { dtype, data, shape }: Tensor): RuntimeTensor {
  checkCarried(name, dtype);
  return new runtime.Tensor(dtype as "float32", data as Float32Array, shape);
}

export function fromRuntime({ type, data, dims }: RuntimeTensor): Tensor {
  return { dtype: type, shape: dims, data: type === "float16" ? bitPattern(data as HalfFloats) : (data as TensorData) };
}

/** A platform that has Float16Array gets one from the runtime; the contract's half floats are bit patterns. */
type HalfFloats = Uint16Array | { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly length: number };

function bitPattern(data: HalfFloats): Uint16Array {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}
