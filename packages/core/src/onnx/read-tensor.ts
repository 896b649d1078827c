import { bitsPerElement, byteLength, type Constant, constantFromBytes, constantFromStrings, elementCount } from "../ir/index.ts";
import type { Dtype, TensorData } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { keep } from "./carry.ts";
import { dtypeFrom } from "./dtype.ts";
import type { TensorProto } from "./wire/messages.ts";

/** A tensor's content without copying: `raw_data` stays a view into the file. */
export function readTensor(proto: TensorProto, where: string): Constant {
  const dtype = dtypeFrom(proto.dataType ?? 0, where);
  const shape = shapeOfTensor(proto, where);
  const origin = keep(proto, ["name", "stringData"]);
  if (dtype === "string") {
    if (proto.stringData.length !== elementCount(shape))
      throw invalid(where, `holds ${proto.stringData.length} strings where its shape [${shape.join(", ")}] needs ${elementCount(shape)}`);
    return constantFromStrings(shape, proto.stringData, origin);
  }
  const bytes = proto.rawData?.byteLength ? proto.rawData : bytesOfTypedFields(proto, dtype, elementCount(shape));
  const expected = byteLength(dtype, shape);
  if (bytes.byteLength !== expected) throw invalid(where, `holds ${bytes.byteLength} bytes where ${dtype} [${shape.join(", ")}] needs ${expected}`);
  return constantFromBytes(dtype, shape, bytes, origin);
}

export function shapeOfTensor(proto: TensorProto, where: string): readonly number[] {
  return proto.dims.map((dimension) => {
    if (dimension < 0n || dimension > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(where, `has dimension ${dimension}`);
    return Number(dimension);
  });
}

function invalid(where: string, what: string): QuantError {
  return new QuantError("invalid-model", `${where} ${what}: the file is damaged; fetch or export it again.`, { details: { where } });
}

/** The older typed fields, as the bytes `raw_data` would hold. */
function bytesOfTypedFields(proto: TensorProto, dtype: Exclude<Dtype, "string">, count: number): Uint8Array {
  switch (dtype) {
    case "float32":
    case "complex64":
      return bytesOf(Float32Array.from(proto.floatData));
    case "float64":
    case "complex128":
      return bytesOf(Float64Array.from(proto.doubleData));
    case "int64":
      return bytesOf(BigInt64Array.from(proto.int64Data));
    case "uint64":
      return bytesOf(BigUint64Array.from(proto.uint64Data));
    case "uint32":
      return bytesOf(Uint32Array.from(proto.uint64Data, Number));
    case "int32":
      return bytesOf(Int32Array.from(proto.int32Data));
    default:
      return bytesOf(narrow(proto.int32Data, bitsPerElement[dtype], count));
  }
}

/** `int32_data` holds narrow types one element per entry, except that types under 8 bits may come as the bytes of `raw_data`. */
function narrow(entries: readonly number[], bits: number, count: number): Uint16Array | Uint8Array {
  if (bits === 16) return Uint16Array.from(entries);
  const length = Math.ceil((count * bits) / 8);
  if (entries.length !== count || length === count) return Uint8Array.from(entries);
  const packed = new Uint8Array(length);
  const mask = (1 << bits) - 1;
  entries.forEach((entry, index) => {
    const bit = index * bits;
    packed[bit >> 3]! |= (entry & mask) << (bit & 7);
  });
  return packed;
}

function bytesOf(data: Exclude<TensorData, readonly string[]>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
