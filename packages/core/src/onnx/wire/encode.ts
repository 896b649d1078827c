import { createBackwardBuffer } from "./backward-buffer.ts";
import { fieldTables, type KnownField, wire } from "./fields.ts";
import type { Message, MessageName, Unread } from "./messages.ts";

/** A message of which only its table tells the fields. */
interface Fields {
  readonly $name: MessageName;
  readonly $unread?: readonly Unread[];
  readonly [key: string]: unknown;
}

/**
 * Writes a message, fields in the order of their numbers, as every writer does; those that were not read keep the order
 * they had. From its end to its start: the length of a message stands before its content, which has then been written.
 * Content is copied once.
 */
export function encode<Name extends MessageName>(message: Message<Name>): Uint8Array {
  const tables = fieldTables();
  const buffer = createBackwardBuffer();
  writeMessage(message as unknown as Fields);
  return buffer.join();

  function writeMessage(message: Fields): void {
    const unread = [...(message.$unread ?? [])];
    const fields = tables[message.$name];
    for (let index = fields.length - 1; index >= 0; index--) {
      const field = fields[index]!;
      while (unread.length > 0 && unread.at(-1)!.number > field.number) buffer.bytes(unread.pop()!.bytes);
      const content = message[field.key];
      if (field.isList) writeList(field, content as readonly unknown[]);
      else if (content !== undefined) writeEntry(field, content);
    }
    while (unread.length > 0) buffer.bytes(unread.pop()!.bytes);
  }

  function writeList(field: KnownField, entries: readonly unknown[]): void {
    const end = buffer.length;
    for (let index = entries.length - 1; index >= 0; index--) {
      if (field.isPacked) writeContent(field, entries[index]);
      else writeEntry(field, entries[index]);
    }
    if (!field.isPacked || entries.length === 0) return;
    buffer.varint(buffer.length - end);
    buffer.varint(field.number * 8 + wire.bytes);
  }

  function writeEntry(field: KnownField, content: unknown): void {
    const end = buffer.length;
    writeContent(field, content);
    if (field.wireType === wire.bytes) buffer.varint(buffer.length - end);
    buffer.varint(field.number * 8 + field.wireType);
  }

  function writeContent({ kind }: KnownField, content: unknown): void {
    if (kind === "int32") buffer.varint64(BigInt(content as number));
    else if (kind === "int64" || kind === "uint64") buffer.varint64(content as bigint);
    else if (kind === "float") buffer.float(content as number);
    else if (kind === "double") buffer.double(content as number);
    else if (kind === "string") buffer.text(content as string);
    else if (kind === "bytes") buffer.bytes(content as Uint8Array);
    else writeMessage(content as Fields);
  }
}
