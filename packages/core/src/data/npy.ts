/**
 * Reads the NPY format: a magic string, a version, a header that is a Python dictionary literal with the keys `descr`,
 * `fortran_order` and `shape`, then the elements. Format: NumPy Enhancement Proposal 1.
 */
import { QuantError } from "../spec/error.ts";
import type { Dtype, Tensor, TensorData } from "../spec/tensor.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const largestHeader = 65536;
const largestRank = 32;

interface ElementType {
  readonly dtype: Dtype;
  readonly array: new (buffer: ArrayBuffer, offset: number, length: number) => Exclude<TensorData, readonly string[]>;
  readonly bytes: number;
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f4: { dtype: "float32", array: Float32Array, bytes: 4 },
  f8: { dtype: "float64", array: Float64Array, bytes: 8 },
  f2: { dtype: "float16", array: Uint16Array, bytes: 2 },
  i1: { dtype: "int8", array: Int8Array, bytes: 1 },
  u1: { dtype: "uint8", array: Uint8Array, bytes: 1 },
  i2: { dtype: "int16", array: Int16Array, bytes: 2 },
  u2: { dtype: "uint16", array: Uint16Array, bytes: 2 },
  i4: { dtype: "int32", array: Int32Array, bytes: 4 },
  u4: { dtype: "uint32", array: Uint32Array, bytes: 4 },
  i8: { dtype: "int64", array: BigInt64Array, bytes: 8 },
  u8: { dtype: "uint64", array: BigUint64Array, bytes: 8 },
  b1: { dtype: "bool", array: Uint8Array, bytes: 1 },
};

/** The array as a tensor; its data is a view into `bytes` where alignment allows. @throws `invalid-data`. */
export function parseNpy(bytes: Uint8Array): Tensor {
  const { header, start } = splitHeader(bytes);
  const descr = /'descr'\s*:\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const shapeText = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (order === undefined || shapeText === undefined) throw unreadable("its header names no shape or order");
  const type = descr && Object.hasOwn(elementTypes, descr[2]!) ? elementTypes[descr[2]!] : undefined;
  if (!type) throw unreadable(`its elements are ${/'descr'\s*:\s*(.{0,40})/.exec(header)?.[1] ?? "unknown"}, not plain numbers`);
  const shape = (shapeText.match(/\d+/g) ?? []).map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  const present = bytes.byteLength - start;
  if (shape.length > largestRank || !Number.isSafeInteger(count)) throw unreadable(`its shape is (${shapeText})`);
  if (present !== count * type.bytes)
    throw unreadable(`the shape (${shape.join(", ")}) needs ${count * type.bytes} bytes of elements, the file has ${present}`);
  const data = elements(bytes, start, count, type, descr![1] === ">");
  return { dtype: type.dtype, shape, data: order === "True" && shape.length > 1 ? rowMajor(data, shape) : data };
}

function splitHeader(bytes: Uint8Array): { readonly header: string; readonly start: number } {
  if (bytes.byteLength < 10 || !magic.every((byte, index) => bytes[index] === byte)) throw unreadable("it does not begin like one");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6]! >= 2;
  const first = long ? 12 : 10;
  const length = long && bytes.byteLength >= 12 ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = first + length;
  if (length > largestHeader || start > bytes.byteLength) throw unreadable("it ends inside its header");
  return { header: new TextDecoder().decode(bytes.subarray(first, start)), start };
}

function elements(bytes: Uint8Array, start: number, count: number, type: ElementType, bigEndian: boolean) {
  const offset = bytes.byteOffset + start;
  if (!bigEndian && offset % type.bytes === 0) return new type.array(bytes.buffer as ArrayBuffer, offset, count);
  const copy = bytes.slice(start);
  if (bigEndian) for (let at = 0; at < copy.length; at += type.bytes) copy.subarray(at, at + type.bytes).reverse();
  return new type.array(copy.buffer, 0, count);
}

/** Fortran order counts the first index fastest. */
function rowMajor<Data extends Exclude<TensorData, readonly string[]>>(data: Data, shape: readonly number[]): Data {
  const out = data.slice() as Data;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  for (let target = 0; target < data.length; target++) {
    out[target] = data[index.reduce((sum, value, axis) => sum + value * strides[axis]!, 0)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}

function unreadable(reason: string): QuantError {
  return new QuantError("invalid-data", `Not an NPY file that can be read: ${reason}.`, { details: { reason } });
}
