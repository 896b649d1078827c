import { byteLength } from "../ir/index.ts";
import type { ByteSource } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { dtypeFrom } from "./dtype.ts";
import { shapeOfTensor } from "./read-tensor.ts";
import { tensorsOf } from "./tensors-of.ts";
import { externalLocation } from "./wire/codes.ts";
import type { ModelProto, TensorProto } from "./wire/messages.ts";

/** Where a tensor lies in its side file. */
interface Piece {
  readonly tensor: TensorProto;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** The side files a model names, each once. @throws `external-data` when one lies outside the model's folder. */
export function locationsOf(model: ModelProto): string[] {
  return [...new Set(externalTensors(model).map(locationOf))];
}

/** Gives every external tensor its content as a view into its side file, so that no later stage knows of side files. */
export function attachFiles(model: ModelProto, files: ReadonlyMap<string, Uint8Array>): void {
  for (const piece of piecesOf(model, new Map([...files].map(([name, bytes]) => [name, bytes.byteLength])))) {
    attach(piece.tensor, files.get(piece.location)!.subarray(piece.offset, piece.offset + piece.length));
  }
}

/** As `attachFiles`, reading only the ranges that tensors lie in; a range that several tensors share is read once. */
export async function attachSources(model: ModelProto, sources: ReadonlyMap<string, ByteSource>): Promise<void> {
  const read = new Map<string, Uint8Array>();
  for (const { tensor, location, offset, length } of piecesOf(model, new Map([...sources].map(([name, source]) => [name, source.size])))) {
    const key = `${offset} ${length} ${location}`;
    const bytes = read.get(key) ?? (await sources.get(location)!.read(offset, length));
    if (bytes.byteLength !== length) {
      throw external(tensor, `got ${bytes.byteLength} of ${length} bytes from side file ${location}: the file changed while it was read`, location);
    }
    read.set(key, bytes);
    attach(tensor, bytes);
  }
}

function attach(tensor: TensorProto, bytes: Uint8Array): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  tensor.dataLocation = undefined;
}

function externalTensors(model: ModelProto): TensorProto[] {
  return tensorsOf(model).filter((tensor) => tensor.dataLocation === externalLocation);
}

function piecesOf(model: ModelProto, sizes: ReadonlyMap<string, number>): Piece[] {
  const tensors = externalTensors(model);
  const missing = [...new Set(tensors.map(locationOf))].filter((location) => !sizes.has(location));
  if (missing.length > 0) {
    throw new QuantError("external-data", `The model keeps weights in ${missing.join(", ")}, which was not handed in: put it beside the model.`, {
      details: { file: missing[0]!, missing },
    });
  }
  return tensors.map((tensor) => pieceOf(tensor, locationOf(tensor), sizes));
}

function pieceOf(tensor: TensorProto, location: string, sizes: ReadonlyMap<string, number>): Piece {
  const where = `Tensor ${tensor.name || "(unnamed)"}`;
  const dtype = dtypeFrom(tensor.dataType ?? 0, where);
  if (dtype === "string") throw external(tensor, `holds strings, which cannot lie in a side file`, location);
  const needed = byteLength(dtype, shapeOfTensor(tensor, where));
  const offset = wholeNumber(tensor, "offset") ?? 0;
  const length = wholeNumber(tensor, "length") ?? needed;
  if (length !== needed) throw external(tensor, `needs ${needed} bytes, but the model gives it ${length} of side file ${location}`, location);
  const size = sizes.get(location)!;
  if (offset + length > size)
    throw external(tensor, `ends at byte ${offset + length} of side file ${location}, which has ${size}: the file is cut off`, location);
  return { tensor, location, offset, length };
}

function wholeNumber(tensor: TensorProto, key: "offset" | "length"): number | undefined {
  const text = entryOf(tensor, key);
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw external(tensor, `has the ${key} "${text}", which is no count of bytes`, entryOf(tensor, "location") ?? "");
  return value;
}

function locationOf(tensor: TensorProto): string {
  const location = entryOf(tensor, "location") ?? "";
  if (!isInsideFolder(location)) throw external(tensor, `names side file "${location}"; only files inside the model's folder are read`, location);
  return location.replace(/^(\.\/+)+/, "");
}

/** ONNX asks for relative POSIX paths. A model is untrusted: no absolute path, no drive, no step upward, no second spelling of a separator. */
function isInsideFolder(location: string): boolean {
  return location !== "" && !/^\/|^[a-zA-Z]:|[\\\0]/.test(location) && !location.split("/").includes("..");
}

function entryOf(tensor: TensorProto, key: string): string | undefined {
  return tensor.externalData.find((entry) => entry.key === key)?.value;
}

function external(tensor: TensorProto, what: string, file: string): QuantError {
  return new QuantError("external-data", `Tensor ${tensor.name || "(unnamed)"} ${what}.`, { details: { tensor: tensor.name ?? "", file } });
}
