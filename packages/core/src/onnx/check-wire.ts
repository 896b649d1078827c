/**
 * Walks the wire form of a model before anything is built from it: every length is held against the message around
 * it, every field against the type ONNX gives it, and the number and depth of messages against the limits. The decoder
 * behind it does none of this: it reads past the end of an inner message without a word. Weights are stepped over, so
 * the walk costs as much as the graph and not as much as the file.
 */
import { QuantError } from "../spec/index.ts";
import { maximumDepth, maximumListedNumbers, maximumModelBytes, maximumParts } from "./limits.ts";
import { fieldsByNumber, isMessage, type KnownField, wire } from "./wire/fields.ts";
import type { MessageName } from "./wire/messages.ts";

/** @throws `invalid-model` with the place and the reason. */
export function checkWire(bytes: Uint8Array): void {
  const tables = fieldsByNumber();
  const path: string[] = [];
  let position = 0;
  let parts = 0;
  let numbers = 0;
  if (bytes.byteLength > maximumModelBytes) exceeds("bytes", maximumModelBytes, "keep its weights in side files (ONNX external data)");
  checkMessage("ModelProto", bytes.byteLength);

  function checkMessage(name: MessageName, end: number): void {
    addPart();
    if (path.length >= maximumDepth) exceeds("levels of nested messages", maximumDepth);
    const known = tables[name];
    while (position < end) {
      const start = position;
      const tag = varint(end);
      const field = known[Math.floor(tag / 8)];
      const type = tag % 8;
      if (tag < 8 || tag >= 2 ** 32) damaged(`holds a field without a number at byte ${start}`);
      if (field && !accepts(field, type)) damaged(`holds field ${nameOf(field.key)} in a form that ONNX does not give it, at byte ${start}`);
      if (!field) addPart();
      checkField(field, type, end);
    }
  }

  function checkField(field: KnownField | undefined, type: number, end: number): void {
    if (type === wire.bytes) checkBytes(field, end);
    else if (type === wire.varint) varint(end);
    else if (type === wire.bit64) skip(8, end, field);
    else if (type === wire.bit32) skip(4, end, field);
    else damaged(`holds a field of unknown wire type ${type} at byte ${position}`);
    if (type !== wire.bytes && field?.isList) count(1);
  }

  function checkBytes(field: KnownField | undefined, end: number): void {
    const length = varint(end);
    const stop = position + length;
    if (stop > end) cutOff(stop, end, field);
    if (field && isMessage(field.kind)) {
      path.push(field.key);
      checkMessage(field.kind, stop);
      path.pop();
    } else if (field?.isList) {
      if (isNumeric(field)) checkPacked(field, stop);
      else addPart();
    }
    position = stop;
  }

  function checkPacked(field: KnownField, stop: number): void {
    const size = { [wire.varint]: 1, [wire.bit32]: 4, [wire.bit64]: 8 }[field.wireType]!;
    const length = stop - position;
    if (length % size !== 0) damaged(`holds a list ${nameOf(field.key)} of ${length} bytes, which is no multiple of ${size}`);
    if (size > 1) {
      count(length / size);
      return;
    }
    let entries = 0;
    for (let at = position; at < stop; at++) if (bytes[at]! < 0x80) entries += 1;
    if (length > 0 && bytes[stop - 1]! >= 0x80) damaged(`holds a list ${nameOf(field.key)} that ends within a number`);
    count(entries);
  }

  function varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < 10; length++) {
      if (position >= end) cutOff(position + 1, end, undefined);
      const byte = bytes[position++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return damaged(`holds a number of more than 10 bytes before byte ${position}`);
  }

  function skip(length: number, end: number, field: KnownField | undefined): void {
    if (position + length > end) cutOff(position + length, end, field);
    position += length;
  }

  function addPart(): void {
    parts += 1;
    if (parts > maximumParts) exceeds("parts (nodes, attributes, types, strings)", maximumParts);
  }

  function count(entries: number): void {
    numbers += entries;
    if (numbers > maximumListedNumbers) exceeds("numbers in lists", maximumListedNumbers, "export it with raw_data");
  }

  function where(): string {
    return path.length === 0 ? "the model" : path.slice(0, 12).map(nameOf).join(".");
  }

  function cutOff(needed: number, end: number, field: KnownField | undefined): never {
    const place = field ? `${where()}.${nameOf(field.key)}` : where();
    if (end < bytes.byteLength) damaged(`ends at byte ${end} where its content needs ${needed}`);
    throw refusal(`The model is cut off: ${place} needs ${needed} bytes and the file has ${bytes.byteLength}. Fetch or export it again.`, {
      field: place,
      bytes: bytes.byteLength,
    });
  }

  function damaged(what: string): never {
    throw refusal(`The model is damaged: ${where()} ${what}. Fetch or export it again.`, { field: where(), bytes: bytes.byteLength });
  }

  function exceeds(what: string, limit: number, advice = "it is damaged or was made to exhaust memory"): never {
    throw refusal(`The model has more than ${limit} ${what}, the most that is read: ${advice}.`, { field: where(), limit });
  }
}

function refusal(message: string, details: Readonly<Record<string, string | number>>): QuantError {
  return new QuantError("invalid-model", message, { details });
}

function accepts(field: KnownField, type: number): boolean {
  return type === field.wireType || (field.isList && isNumeric(field) && type === wire.bytes);
}

function isNumeric(field: KnownField): boolean {
  return field.wireType !== wire.bytes;
}

/** As ONNX spells it. */
function nameOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
