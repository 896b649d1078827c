import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dtype, Tensor, TensorData, Tensors } from "@halftone/core";

/** One model of the collection that `bench/peers/operator_models.py` exports. */
export interface OperatorCase {
  readonly name: string;
  readonly opset: number;
  readonly operators: readonly string[];
  /** Absent where a tensor is a string, a sequence or of a type that has no typed array. */
  readonly inputs?: readonly StoredTensor[];
  readonly outputs?: readonly StoredTensor[];
}

interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

export interface Vectors {
  readonly feeds: Tensors;
  readonly expected: Tensors;
}

const views: Readonly<Record<string, (buffer: ArrayBuffer, offset: number, bytes: number) => TensorData>> = {
  float32: (buffer, offset, bytes) => new Float32Array(buffer, offset, bytes / 4),
  float64: (buffer, offset, bytes) => new Float64Array(buffer, offset, bytes / 8),
  float16: (buffer, offset, bytes) => new Uint16Array(buffer, offset, bytes / 2),
  int8: (buffer, offset, bytes) => new Int8Array(buffer, offset, bytes),
  int16: (buffer, offset, bytes) => new Int16Array(buffer, offset, bytes / 2),
  int32: (buffer, offset, bytes) => new Int32Array(buffer, offset, bytes / 4),
  int64: (buffer, offset, bytes) => new BigInt64Array(buffer, offset, bytes / 8),
  uint8: (buffer, offset, bytes) => new Uint8Array(buffer, offset, bytes),
  uint16: (buffer, offset, bytes) => new Uint16Array(buffer, offset, bytes / 2),
  uint32: (buffer, offset, bytes) => new Uint32Array(buffer, offset, bytes / 4),
  uint64: (buffer, offset, bytes) => new BigUint64Array(buffer, offset, bytes / 8),
  bool: (buffer, offset, bytes) => new Uint8Array(buffer, offset, bytes),
};

export async function readCases(folder: string): Promise<readonly OperatorCase[]> {
  return JSON.parse(await readFile(join(folder, "cases.json"), "utf8"));
}

/** Inputs and expected outputs, or undefined where the collection has none that a typed array holds. */
export async function readVectors(folder: string, { name, inputs, outputs }: OperatorCase): Promise<Vectors | undefined> {
  if (!inputs || !outputs) return undefined;
  const file = await readFile(join(folder, name, "tensors.bin"));
  const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
  const tensors = (stored: readonly StoredTensor[]) => Object.fromEntries(stored.map((each) => [each.name, view(buffer, each)]));
  return { feeds: tensors(inputs), expected: tensors(outputs) };
}

function view(buffer: ArrayBuffer, { dtype, shape, offset, bytes }: StoredTensor): Tensor {
  const data = views[dtype]?.(buffer, offset, bytes);
  if (!data) throw new TypeError(`cases.json names the type ${dtype}, which this program does not read`);
  return { dtype: dtype as Dtype, shape, data };
}
