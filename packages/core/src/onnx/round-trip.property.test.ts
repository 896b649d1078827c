import { clone, create, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import {
  type GraphProto,
  TensorProto_DataLocation as Location,
  type ModelProto,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { checkGraph, cloneModel } from "../ir/index.ts";
import { allTensors } from "./fixtures/all-tensors.ts";
import { anyModel } from "./fixtures/any-model.ts";
import { useTypedField } from "./fixtures/any-tensor.ts";
import { runs } from "./fixtures/runs.ts";
import { readModel, readModelFrom, sideFilesOf, writeModel } from "./index.ts";

/** Bit for bit; a difference is shown as JSON. */
function expectSame(written: Uint8Array, expected: ModelProto): void {
  if (Buffer.compare(written, toBinary(ModelProtoSchema, expected)) === 0) return;
  expect(jsonOf(fromBinary(ModelProtoSchema, written as Uint8Array<ArrayBuffer>))).toEqual(jsonOf(expected));
  expect(written).toEqual(toBinary(ModelProtoSchema, expected));
}

const jsonOf = (model: ModelProto): unknown => toJson(ModelProtoSchema, model);

/** Tensors whose content the graph holds; those of functions and the like are carried as they are. */
function heldTensors(graph: GraphProto): TensorProto[] {
  const inAttributes = graph.node.flatMap((node) =>
    node.attribute.flatMap(({ t, g, graphs }) => [...(t ? [t] : []), ...(g ? heldTensors(g) : []), ...graphs.flatMap(heldTensors)]),
  );
  return [...graph.initializer, ...inAttributes];
}

/** Moves the content of some tensors into side files, at odd places and shared between files. */
function moveOut(g: fc.GeneratorValue, model: ModelProto): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, number[]>([
    ["weights.bin", []],
    ["more/weights.bin", []],
  ]);
  for (const tensor of allTensors(model)) {
    if (tensor.rawData.byteLength === 0 || !g(fc.boolean)) continue;
    const location = g(() => fc.constantFrom("weights.bin", "more/weights.bin"));
    const content = files.get(location)!;
    content.push(...new Array<number>(g(() => fc.nat({ max: 9 }))).fill(0xff));
    const spelled = g(() => fc.constantFrom("", "./", ".//./")) + location;
    const entries = { location: spelled, offset: String(content.length), ...(g(fc.boolean) ? { length: String(tensor.rawData.byteLength) } : {}) };
    content.push(...tensor.rawData);
    tensor.externalData = Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
    tensor.dataLocation = Location.EXTERNAL;
    tensor.rawData = new Uint8Array(0);
  }
  return new Map([...files].map(([name, content]) => [name, Uint8Array.from(content)]));
}

/** Shrinking a whole model takes more memory than a machine has: the seed that is printed must do. */
const once = { endOnFailure: true } as const;

describe("any model", () => {
  it("is written as it was read, with all that the graph has no place for", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const expected = anyModel(g);
        const model = readModel({ model: toBinary(ModelProtoSchema, expected) });
        checkGraph(model.graph);
        expectSame(writeModel(model).model, expected);
        expectSame(writeModel(cloneModel(model)).model, expected);
      }),
      { ...once, numRuns: runs(60) },
    );
  });

  it("may keep weights in the typed fields of older exporters", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const expected = anyModel(g);
        const older = clone(ModelProtoSchema, expected);
        for (const tensor of heldTensors(older.graph!)) if (g(fc.boolean)) useTypedField(tensor);
        expectSame(writeModel(readModel({ model: toBinary(ModelProtoSchema, older) })).model, expected);
      }),
      { ...once, numRuns: runs(40) },
    );
  });

  it("may keep weights in side files, read whole or in ranges", async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const expected = anyModel(g);
        const moved = clone(ModelProtoSchema, expected);
        const external = moveOut(g, moved);
        const bytes = toBinary(ModelProtoSchema, moved);
        for (const location of sideFilesOf(bytes)) expect([...external.keys()]).toContain(location);
        const sources = new Map(
          [...external].map(([name, file]) => [name, { size: file.byteLength, read: async (from: number, length: number) => file.slice(from, from + length) }]),
        );
        expectSame(writeModel(readModel({ model: bytes, external })).model, expected);
        expectSame(writeModel(await readModelFrom(bytes, sources)).model, expected);
      }),
      { ...once, numRuns: runs(40) },
    );
  });

  it("is the same after a trip through side files", () => {
    fc.assert(
      fc.property(fc.gen(), (g) => {
        const expected = anyModel(g);
        const written = writeModel(readModel({ model: toBinary(ModelProtoSchema, expected) }), { externalFrom: g(() => fc.nat({ max: 8 })) });
        const held = heldTensors(fromBinary(ModelProtoSchema, written.model as Uint8Array<ArrayBuffer>).graph!);
        for (const tensor of held) if (tensor.dataLocation === Location.EXTERNAL) expect(tensor.rawData.byteLength).toBe(0);
        expectSame(writeModel(readModel(written)).model, expected);
      }),
      { ...once, numRuns: runs(40) },
    );
  });
});
