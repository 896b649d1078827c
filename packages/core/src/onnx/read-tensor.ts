import { TensorProto_DataLocation as Location, type TensorProto } from "onnx-buf";
import { bitsPerElement, byteLength, type Constant, constantFromBytes, constantFromTensor, elementCount } from "../ir/index.ts";
import type { Dtype } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { dtypeFrom } from "./dtype.ts";

/** Content of side files, loaded before the graph is built: by tensor. */
export type ExternalContent = ReadonlyMap<TensorProto, Uint8Array>;

/** A tensor's content without copying: `raw_data` stays a view into the file. */
export function readTensor(proto: TensorProto, external: ExternalContent): Constant {
  const where = `Tensor ${proto.name || "(unnamed)"}`;
  const dtype = dtypeFrom(proto.dataType, where);
  const shape = proto.dims.map((dimension) => {
    if (dimension < 0n || dimension > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(where, `has dimension ${dimension}`);
    return Number(dimension);
  });
  if (dtype === "string") return constantFromTensor({ dtype, shape, data: proto.stringData.map((bytes) => new TextDecoder().decode(bytes)) });
  const bytes = proto.dataLocation === Location.EXTERNAL ? external.get(proto) : contentOf(proto, dtype);
  if (!bytes) throw new QuantError("external-data", `${where} lies in a side file that was not handed in.`, { details: { tensor: proto.name } });
  const expected = byteLength(dtype, shape);
  if (bytes.byteLength !== expected) throw invalid(where, `holds ${bytes.byteLength} bytes where ${dtype} [${shape.join(", ")}] needs ${expected}`);
  return constantFromBytes(dtype, shape, bytes);
}

function invalid(where: string, what: string): QuantError {
  return new QuantError("invalid-model", `${where} ${what}; the file is damaged.`, { details: { where } });
}

/** The older typed fields become the bytes `raw_data` would hold. */
function contentOf(proto: TensorProto, dtype: Exclude<Dtype, "string">): Uint8Array {
  if (proto.rawData.byteLength > 0) return proto.rawData;
  if (proto.floatData.length > 0) return bytesOf(Float32Array.from(proto.floatData));
  if (proto.doubleData.length > 0) return bytesOf(Float64Array.from(proto.doubleData));
  if (proto.int64Data.length > 0) return bytesOf(BigInt64Array.from(proto.int64Data));
  if (proto.uint64Data.length > 0) return bytesOf(dtype === "uint32" ? Uint32Array.from(proto.uint64Data, Number) : BigUint64Array.from(proto.uint64Data));
  return bytesOf(narrow(proto.int32Data, bitsPerElement[dtype], elementCount(proto.dims.map(Number))));
}

/** `int32_data` holds narrow types one element per entry, and types under 8 bit as the bytes of `raw_data`. */
function narrow(entries: readonly number[], bits: number, count: number): Int32Array | Uint16Array | Uint8Array {
  if (bits === 32) return Int32Array.from(entries);
  if (bits === 16) return Uint16Array.from(entries);
  if (bits === 8 || entries.length === Math.ceil((count * bits) / 8)) return Uint8Array.from(entries);
  const packed = new Uint8Array(Math.ceil((count * bits) / 8));
  const mask = (1 << bits) - 1;
  entries.forEach((entry, index) => {
    const bit = index * bits;
    packed[bit >> 3]! |= (entry & mask) << (bit & 7);
  });
  return packed;
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
