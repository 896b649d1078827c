import { type DescField, type DescMessage, fromBinary, type Message as Generated, isFieldSet, ScalarType, toBinary } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import * as generated from "onnx-buf";
import { describe, expect, it } from "vitest";
import { allTensors } from "../fixtures/all-tensors.ts";
import { anyModel } from "../fixtures/any-model.ts";
import { useTypedField } from "../fixtures/any-tensor.ts";
import { runs } from "../fixtures/runs.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { fieldTables } from "./fields.ts";
import { create, type Message, type MessageName } from "./messages.ts";

const schemas = Object.values<object>(generated).filter((each): each is DescMessage => "kind" in each && each.kind === "message");
const schemaOf = (name: string): DescMessage => schemas.find(({ typeName }) => typeName === `onnx.${name}`)!;

function kindOf(field: DescField): string {
  if (field.message) return field.message.typeName.replace("onnx.", "");
  return field.enum ? "int32" : ScalarType[field.scalar!]!.toLowerCase();
}

/** Holds every field that both know against the generated code, and the rest by its number. */
function expectSame(read: Message<MessageName>, expected: Generated): void {
  const schema = schemaOf(read.$name);
  expect(expected.$typeName).toBe(schema.typeName);
  const known = fieldTables()[read.$name];
  for (const { key, number } of known) {
    const field = schema.fields.find((each) => each.number === number)!;
    const holder = field.oneof ? (expected as unknown as Record<string, { case?: string; value?: unknown }>)[field.oneof.localName]! : undefined;
    const value = holder ? (holder.case === key ? holder.value : undefined) : (expected as unknown as Record<string, unknown>)[key];
    const isSet = holder ? value !== undefined : isFieldSet(expected, field);
    expectSameContent((read as unknown as Record<string, unknown>)[key], isSet || field.fieldKind === "list" ? value : undefined);
  }
  const others = schema.fields.filter((field) => known.every(({ number }) => number !== field.number) && isFieldSet(expected, field));
  const unread = new Set([...others.map((field) => field.number), ...(expected.$unknown ?? []).map(({ no }) => no)]);
  expect(new Set(read.$unread?.map(({ number }) => number))).toEqual(unread);
}

function expectSameContent(read: unknown, expected: unknown): void {
  if (Array.isArray(read)) {
    expect(read.length).toBe((expected as unknown[]).length);
    read.forEach((each, index) => void expectSameContent(each, (expected as unknown[])[index]));
  } else if (typeof read === "object" && read !== null && "$name" in read) expectSame(read as Message<MessageName>, expected as Generated);
  else expect(read).toEqual(expected);
}

describe("the tables of messages", () => {
  it.each(Object.entries(fieldTables()))("agree with the generated schema: %s", (name, fields) => {
    for (const { key, number, kind, isList, isPacked } of fields) {
      const field = schemaOf(name).fields.find((each) => each.number === number)!;
      const expected = { key: field.localName, kind: kindOf(field), isList: field.fieldKind === "list", isPacked: field.fieldKind === "list" && field.packed };
      expect({ key, kind, isList, isPacked }).toEqual(expected);
    }
    const numbers = fields.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
  });
});

describe("any model", () => {
  it("is read as the generated code reads it, and written back byte for byte", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const expected = anyModel(g);
        for (const tensor of allTensors(expected)) if (g(fc.boolean)) useTypedField(tensor);
        const bytes = toBinary(generated.ModelProtoSchema, expected);
        const read = decode("ModelProto", bytes);
        expectSame(read, expected);
        expect(Buffer.compare(encode(read), bytes)).toBe(0);
      }),
      { endOnFailure: true, numRuns: runs(60) },
    );
  });

  it("is read from parts of one message as from one, and from lists of numbers in either form", () => {
    const text = (number: number, value: string) => [number * 8 + 2, value.length, ...new TextEncoder().encode(value)];
    const part = (number: number, content: readonly number[]) => [number * 8 + 2, content.length, ...content];
    const bytes = Uint8Array.from([...part(7, text(2, "first")), ...part(7, [...text(2, "graph"), ...part(5, [...part(1, [2, 3]), 8, 4])])]);
    const read = decode("ModelProto", bytes);
    expect([read.graph!.name, read.graph!.initializer[0]!.dims]).toEqual(["graph", [2n, 3n, 4n]]);
    expectSame(read, fromBinary(generated.ModelProtoSchema, bytes));
  });
});

describe("a number", () => {
  const numbers = fc.record({
    ints: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    i: fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.nat(63).map((bits) => 2n ** BigInt(bits) - 1n),
    ),
    type: fc.integer(),
    f: fc.float(),
    name: fc.string({ unit: "binary", maxLength: 60 }),
    s: fc.uint8Array({ maxLength: 3000 }),
  });
  it("of any size, and text and bytes of any length, come back, and are what the generated code reads", () => {
    fc.assert(
      fc.property(numbers, (content) => {
        const message = create("AttributeProto", content);
        const bytes = encode(message);
        expect(decode("AttributeProto", bytes)).toEqual(message);
        const read = fromBinary(generated.AttributeProtoSchema, bytes as Uint8Array<ArrayBuffer>);
        expect([read.ints, read.i, read.f, read.name, read.s]).toEqual([content.ints, content.i, content.f, content.name, content.s]);
      }),
      { numRuns: runs(200) },
    );
  });

  it("of 64 bits without a sign comes back", () => {
    const message = create("TensorProto", {
      uint64Data: [0n, 127n, 128n, 2n ** 49n - 1n, 2n ** 49n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n],
      int32Data: [-1, 0, 2 ** 31 - 1, -(2 ** 31)],
    });
    expect(decode("TensorProto", encode(message))).toEqual(message);
    expect(fromBinary(generated.TensorProtoSchema, encode(message) as Uint8Array<ArrayBuffer>)).toMatchObject({
      uint64Data: message.uint64Data,
      int32Data: message.int32Data,
    });
  });
});
