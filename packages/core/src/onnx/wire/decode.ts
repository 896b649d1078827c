import { fieldsByNumber, type KnownField, wire } from "./fields.ts";
import type { Message, MessageName, Scalar, Unread } from "./messages.ts";

/** A message that is being read: what its table says of it is not known to the compiler. */
type Draft = Record<string, unknown> & { $unread?: Unread[] };

/** Text up to here is read letter by letter, which is faster than a decoder where all of it is ASCII. */
const shortText = 32;

/** Reads a message from bytes that `checkWire` has found sound. Content stays a view into them. */
export function decode<Name extends MessageName>(name: Name, bytes: Uint8Array): Message<Name> {
  const tables = fieldsByNumber();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  let position = 0;
  return readMessage(name, bytes.byteLength, undefined) as Message<Name>;

  /** A single message that is given in several parts is one. */
  function readMessage(name: MessageName, end: number, begun: Draft | undefined): Draft {
    const table = tables[name];
    const message = begun ?? begin(name);
    while (position < end) {
      const start = position;
      const tag = varint();
      const type = tag % 8;
      const field = table[(tag - type) / 8];
      if (field) readField(message, field, type);
      else {
        skip(type);
        const unread = { number: (tag - type) / 8, bytes: bytes.subarray(start, position) };
        if (message.$unread) message.$unread.push(unread);
        else message.$unread = [unread];
      }
    }
    return message;
  }

  function begin(name: MessageName): Draft {
    const message: Draft = { $name: name };
    for (const field of tables[name]) if (field?.isList) message[field.key] = [];
    return message;
  }

  function readField(message: Draft, field: KnownField, type: number): void {
    const { key } = field;
    if (!field.isList) message[key] = readEntry(field, message[key]);
    else if (type === field.wireType) (message[key] as unknown[]).push(readEntry(field, undefined));
    else readPacked(message[key] as unknown[], field);
  }

  function readPacked(entries: unknown[], field: KnownField): void {
    const length = varint();
    const stop = position + length;
    while (position < stop) entries.push(readEntry(field, undefined));
  }

  function readEntry({ kind, wireType }: KnownField, begun: unknown): unknown {
    if (wireType !== wire.bytes) return readNumber(kind as Scalar);
    const length = varint();
    const stop = position + length;
    if (kind === "string") return readText(stop);
    if (kind !== "bytes") return readMessage(kind as MessageName, stop, begun as Draft | undefined);
    position = stop;
    return bytes.subarray(stop - length, stop);
  }

  function readNumber(kind: Scalar): number | bigint {
    switch (kind) {
      case "int32":
        return varint() | 0;
      case "int64":
        return BigInt.asIntN(64, varint64());
      case "uint64":
        return varint64();
      case "float":
        position += 4;
        return view.getFloat32(position - 4, true);
      default:
        position += 8;
        return view.getFloat64(position - 8, true);
    }
  }

  function readText(stop: number): string {
    const start = position;
    position = stop;
    if (stop - start > shortText) return utf8.decode(bytes.subarray(start, stop));
    let text = "";
    for (let at = start; at < stop; at++) {
      const byte = bytes[at]!;
      if (byte >= 0x80) return utf8.decode(bytes.subarray(start, stop));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** The low 49 bits, which a double holds exactly: enough for tags, lengths and 32-bit numbers. */
  function varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[position++]!;
      if (scale < 2 ** 49) value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  function varint64(): bigint {
    const start = position;
    const low = varint();
    if (position - start <= 7) return BigInt(low);
    position = start + 7;
    return BigInt.asUintN(64, (BigInt(varint()) << 49n) | BigInt(low));
  }

  function skip(type: number): void {
    if (type === wire.varint) varint();
    else if (type === wire.bit64) position += 8;
    else if (type === wire.bit32) position += 4;
    else {
      const length = varint();
      position += length;
    }
  }
}
