import { create, fromBinary } from "@bufbuild/protobuf";
import { TensorProto_DataLocation as Location, ModelProtoSchema, StringStringEntryProtoSchema, type TensorProto } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { subgraph } from "../ir/index.ts";
import type { ByteSource } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { editModel } from "./fixtures/edit-model.ts";
import { readModel, readModelFrom, sideFilesOf, writeModel } from "./index.ts";

const file = (): Uint8Array => Uint8Array.of(9, 9, 9, 9, ...new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer), 9);

function moveOut(tensor: TensorProto, entries: Readonly<Record<string, string>>): void {
  tensor.rawData = new Uint8Array(0);
  tensor.dataLocation = Location.EXTERNAL;
  tensor.externalData = Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
}

/** The small model with initializer w in a side file. */
function external(entries: Readonly<Record<string, string>>): Uint8Array {
  return editModel((_, graph) => moveOut(graph.initializer[0]!, entries));
}

function refusal(message: RegExp, details: object = {}) {
  return expect.objectContaining({
    name: "QuantError",
    code: "external-data",
    message: expect.stringMatching(message),
    details: expect.objectContaining(details),
  });
}

describe("reading side files", () => {
  it("gives views into the files that were handed in", () => {
    const weights = file();
    const model = readModel({ model: external({ location: "w.bin", offset: "4", length: "16" }), external: new Map([["w.bin", weights]]) });
    const { content, constant } = model.graph.value("w")!;
    expect([content!.bytes.buffer, content!.bytes.byteOffset]).toEqual([weights.buffer, 4]);
    expect(constant!.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("takes the length from the shape and the offset as 0 where the model is silent", () => {
    const model = readModel({ model: external({ location: "w.bin" }), external: new Map([["w.bin", file()]]) });
    expect(model.graph.value("w")!.content!.bytes).toEqual(file().subarray(0, 16));
  });

  it("lets tensors share a place", () => {
    const model = editModel((_, graph) => {
      graph.initializer.push({ ...graph.initializer[0]!, name: "v" });
      for (const tensor of graph.initializer) moveOut(tensor, { location: "w.bin", offset: "4" });
    });
    const { graph } = readModel({ model, external: new Map([["w.bin", file()]]) });
    expect(graph.value("v")!.content!.bytes).toEqual(graph.value("w")!.content!.bytes);
  });

  it("reads ranges only, each once", async () => {
    const model = editModel((_, graph) => {
      graph.initializer.push({ ...graph.initializer[0]!, name: "v" });
      for (const tensor of graph.initializer) moveOut(tensor, { location: "w.bin", offset: "4", length: "16" });
    });
    const ranges: (readonly [number, number])[] = [];
    const source: ByteSource = {
      size: 2 ** 40,
      read: async (offset, length) => {
        ranges.push([offset, length]);
        return file().slice(offset, offset + length);
      },
    };
    const { graph } = await readModelFrom(model, new Map([["w.bin", source]]));
    expect(ranges).toEqual([[4, 16]]);
    expect(graph.value("v")!.constant!.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("notices a source that answers with less than was asked for", async () => {
    const source: ByteSource = { size: 100, read: async () => new Uint8Array(3) };
    await expect(readModelFrom(external({ location: "w.bin" }), new Map([["w.bin", source]]))).rejects.toThrow(
      refusal(/Tensor w got 3 of 16 bytes from side file w\.bin: the file changed while it was read/),
    );
  });
});

describe("side files that are refused", () => {
  const outside = [
    "",
    "/etc/passwd",
    "../w.bin",
    "a/../../w.bin",
    "a/..",
    "\\w.bin",
    "a\\w.bin",
    "..\\w.bin",
    "C:w.bin",
    "c:/w.bin",
    "\\\\host\\share\\w.bin",
    "w.bin\0.png",
  ];
  it.each(outside)("outside the model's folder: %j", (location) => {
    const model = external({ location });
    const message = /Tensor w names side file ".*"; only files inside the model's folder are read/s;
    expect(() => readModel({ model, external: new Map([[location, file()]]) })).toThrow(refusal(message, { tensor: "w", file: location }));
    expect(() => sideFilesOf(model)).toThrow(refusal(message));
  });

  const wrong: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ["too short", { location: "w.bin", offset: "8" }, /Tensor w ends at byte 24 of side file w\.bin, which has 21: the file is cut off/],
    ["left behind by an offset", { location: "w.bin", offset: "4096" }, /ends at byte 4112 of side file w\.bin, which has 21/],
    ["with a length the shape does not have", { location: "w.bin", length: "15" }, /Tensor w needs 16 bytes, but the model gives it 15 of side file w\.bin/],
    ["with a negative offset", { location: "w.bin", offset: "-4" }, /Tensor w has the offset "-4", which is no count of bytes/],
    ["with an offset that is no number", { location: "w.bin", offset: "0x10" }, /has the offset "0x10"/],
    ["with a length past all counting", { location: "w.bin", length: "99999999999999999999" }, /has the length "99999999999999999999"/],
    ["without a location", { offset: "4" }, /names side file ""/],
  ];
  it.each(wrong)("%s", (_, entries, message) => {
    expect(() => readModel({ model: external(entries), external: new Map([["w.bin", file()]]) })).toThrow(refusal(message, { tensor: "w" }));
  });

  it("missing: all of them are named", () => {
    const model = editModel((_, graph) => {
      graph.initializer.push({ ...graph.initializer[0]!, name: "v" });
      moveOut(graph.initializer[0]!, { location: "a.bin" });
      moveOut(graph.initializer[1]!, { location: "sub/b.bin" });
    });
    expect(() => readModel({ model })).toThrow(
      refusal(/The model keeps weights in a\.bin, sub\/b\.bin, which was not handed in: put it beside the model/, { missing: ["a.bin", "sub/b.bin"] }),
    );
  });

  it("holding strings", () => {
    const model = editModel((_, __, node) => moveOut(node("custom").attribute.find(({ t }) => t)!.t!, { location: "w.bin" }));
    expect(() => readModel({ model, external: new Map([["w.bin", file()]]) })).toThrow(refusal(/holds strings, which cannot lie in a side file/));
  });
});

describe("sideFilesOf", () => {
  it("names each file once, as a path within the folder", () => {
    expect(sideFilesOf(external({ location: "././sub/w.bin" }))).toEqual(["sub/w.bin"]);
    expect(sideFilesOf(editModel(() => {}))).toEqual([]);
  });
});

describe("writing side files", () => {
  const bytesOf = (length: number, fill: number) => ({ dtype: "uint8" as const, shape: [length], data: new Uint8Array(length).fill(fill) });
  const placesOf = (model: Uint8Array) =>
    fromBinary(ModelProtoSchema, model as Uint8Array<ArrayBuffer>).graph!.initializer.map((tensor) =>
      Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value])),
    );

  it("puts tensors from the given size on at page boundaries, and leaves smaller ones in the model", () => {
    const model = buildModel({}, (b) => ({
      y: b.op("Custom", [b.constant(bytesOf(5000, 1), [], "a"), b.constant(bytesOf(10, 2), [], "b"), b.constant(bytesOf(100, 3), [], "c")]),
    }));
    const files = writeModel(model, { externalFrom: 100, externalName: "w.data" });
    expect(placesOf(files.model)).toEqual([{ location: "w.data", offset: "0", length: "5000" }, {}, { location: "w.data", offset: "8192", length: "100" }]);
    expect([...files.external!.keys()]).toEqual(["w.data"]);
    expect(files.external!.get("w.data")!.byteLength).toBe(8292);
    const back = readModel(files);
    for (const name of ["a", "b", "c"]) expect(back.graph.value(name)!.content!.bytes).toEqual(model.graph.value(name)!.content!.bytes);
  });

  it("stores bytes that several tensors share once", () => {
    const shared = bytesOf(5000, 1);
    const model = buildModel({}, (b) => ({ y: b.op("Custom", [b.constant(shared), b.constant(shared), b.constant(bytesOf(5000, 1))]) }));
    const files = writeModel(model, { externalFrom: 1 });
    expect(placesOf(files.model).map((place) => place["offset"])).toEqual(["0", "0", "8192"]);
  });

  it("counts and moves weights of subgraphs and attributes too", () => {
    const model = buildModel({ inputs: { condition: { dtype: "bool", shape: [] } } }, (b, { condition }) => {
      const branch = (fill: number) => subgraph(b.subgraph({}, (inner) => ({ [`y${fill}`]: inner.op("Custom", [inner.constant(bytesOf(5000, fill))]) })));
      return { y: b.op("If", [condition], { then_branch: branch(1), else_branch: branch(2) }) };
    });
    const files = writeModel(model, { externalFrom: 100 });
    expect([files.model.byteLength < 2000, files.external!.get("model.onnx.data")!.byteLength]).toEqual([true, 8192 + 5000]);
    expect(writeModel(readModel(files)).model).toEqual(writeModel(model).model);
  });

  it("writes no side file where nothing is large enough", () => {
    expect(writeModel(readModel({ model: editModel(() => {}) }), { externalFrom: 1e6 }).external).toBeUndefined();
  });

  it("offers the files as a map that joins each when it is taken", () => {
    const files = writeModel(readModel({ model: editModel(() => {}) }), { externalFrom: 4 });
    const map = files.external!;
    const name = "model.onnx.data";
    expect([map.size, map.has(name), map.has("other"), map.get("other")]).toEqual([1, true, false, undefined]);
    expect(map.get(name)).not.toBe(map.get(name));
    expect([...map]).toEqual([[name, map.get(name)]]);
    expect([...map.entries(), ...map.values()]).toEqual([[name, map.get(name)], map.get(name)]);
    const visited: unknown[] = [];
    map.forEach((bytes, key, self) => {
      visited.push(key, bytes, self);
    });
    expect(visited).toEqual([name, map.get(name), map]);
  });
});
