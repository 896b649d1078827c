import { type Field, type MessageName, messages, type Scalar } from "./messages.ts";

/** How a field's content is framed on the wire. */
export const wire = { varint: 0, bit64: 1, bytes: 2, bit32: 5 } as const;

/** A field of a message, as readers and writers look it up. */
export interface KnownField {
  readonly key: string;
  readonly number: number;
  readonly kind: Scalar | MessageName;
  readonly isList: boolean;
  readonly isPacked: boolean;
  /** Of one entry: a packed list is bytes. */
  readonly wireType: number;
}

/** By message, in the order of their numbers. */
export type FieldTables = Readonly<Record<MessageName, readonly KnownField[]>>;

export function fieldTables(): FieldTables {
  const tables = Object.entries<Readonly<Record<string, Field>>>(messages).map(([name, fields]) => [name, Object.entries(fields).map(knownField)]);
  return Object.fromEntries(tables) as FieldTables;
}

function knownField([key, [number, kind, list]]: [string, Field]): KnownField {
  return { key, number, kind, isList: list !== undefined, isPacked: list === "packed", wireType: wireTypeOf(kind) };
}

/** By message, each field at the index of its number. */
export function fieldsByNumber(): Readonly<Record<MessageName, readonly (KnownField | undefined)[]>> {
  const sparse = Object.entries(fieldTables()).map(([name, fields]) => {
    const byNumber: (KnownField | undefined)[] = [];
    for (const field of fields) byNumber[field.number] = field;
    return [name, Array.from(byNumber)];
  });
  return Object.fromEntries(sparse);
}

export function isMessage(kind: Scalar | MessageName): kind is MessageName {
  return kind in messages;
}

function wireTypeOf(kind: Scalar | MessageName): number {
  switch (kind) {
    case "int32":
    case "int64":
    case "uint64":
      return wire.varint;
    case "float":
      return wire.bit32;
    case "double":
      return wire.bit64;
    default:
      return wire.bytes;
  }
}
