import type { Tensor as RuntimeTensor } from "onnxruntime-common";
import { type Dtype, QuantError, type Tensor, type TensorData } from "../spec/index.ts";
import type { OnnxRuntime } from "./runtime.ts";

/** What every binding of ONNX Runtime passes in and out of a session. */
const everywhere: readonly Dtype[] = [
  ...(["float32", "float16", "float64", "bool", "string"] as const),
  ...(["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"] as const),
];

/** Tensors between the contract and one binding of ONNX Runtime. */
export interface TensorBridge {
  /** @throws `backend-failed` for a type that the binding cannot pass. */
  check(name: string, dtype: string): void;
  /** @throws `backend-failed` for a type that the binding cannot pass. */
  toRuntime(name: string, tensor: Tensor): RuntimeTensor;
  fromRuntime(tensor: RuntimeTensor): Promise<Tensor>;
}

export interface TensorBridgeOptions {
  readonly runtime: Pick<OnnxRuntime, "Tensor">;
  /** Of the binding, for messages: `onnxruntime-node`. */
  readonly name: string;
  /** Types it passes besides those that every binding does. */
  readonly besides?: readonly Dtype[];
}

export function tensorBridge({ runtime, name: binding, besides = [] }: TensorBridgeOptions): TensorBridge {
  const carried: ReadonlySet<string> = new Set([...everywhere, ...besides]);
  const check = (name: string, dtype: string): void => {
    if (carried.has(dtype)) return;
    const message = `${binding} cannot pass "${name}" in or out of a session: its type is ${dtype}. Cast it to another type inside the model.`;
    throw new QuantError("backend-failed", message, { details: { tensor: name, dtype } });
  };
  return {
    check,
    toRuntime(name, { dtype, data, shape }) {
      check(name, dtype);
      return new runtime.Tensor(dtype as "float32", data as Float32Array, shape);
    },
    async fromRuntime(tensor) {
      const data = await tensor.getData(true);
      return { dtype: tensor.type, shape: tensor.dims, data: tensor.type === "float16" ? bitPattern(data as HalfFloats) : (data as TensorData) };
    },
  };
}

/** A platform that has Float16Array gets one from the runtime; the contract's half floats are bit patterns. */
type HalfFloats = Uint16Array | { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly length: number };

function bitPattern(data: HalfFloats): Uint16Array {
  return data instanceof Uint16Array ? data : new Uint16Array(data.buffer, data.byteOffset, data.length);
}
