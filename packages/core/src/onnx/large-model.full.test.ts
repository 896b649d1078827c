import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Model, tensor, type Value } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import type { ByteSource } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { readModel, readModelFrom, sideFilesOf, writeModel } from "./index.ts";

const side = 5000;
const count = 22;
const bytesOfTensor = 4 * side * side;

/** One buffer of 100 MB that the tensors are shifted views of: over 2 GB of weights in the file, little in memory. */
const backing = Float32Array.from({ length: side * side + count }, seededRandom(1));
const weight = (index: number): Float32Array => backing.subarray(index, index + side * side);

/** y = the sum of row `row` of every weight; half of the weights are initializers, half lie in Constant nodes. */
function sumOfRows(): Model {
  return buildModel({ inputs: { row: { dtype: "int64", shape: [] } } }, (b, { row }) => {
    const rows = Array.from({ length: count }, (_, index) => {
      const content = { dtype: "float32" as const, shape: [side, side], data: weight(index) };
      const held = index % 2 === 0 ? b.constant(content, [], `w${index}`) : b.op("Constant", [], { value: tensor(content) });
      return b.op("Gather", [held, row]);
    });
    return { y: rows.reduce((sum: Value, each) => b.op("Add", [sum, each])) };
  });
}

function expectedSum(row: number): Float32Array {
  const sum = weight(0).slice(row * side, (row + 1) * side);
  for (let index = 1; index < count; index++)
    weight(index)
      .subarray(row * side, (row + 1) * side)
      .forEach((each, column) => {
        sum[column]! += each;
      });
  return sum;
}

const maximumResident = (): number => process.resourceUsage().maxRSS * 1024;

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  await file.writeFile(bytes);
  await file.close();
}

async function sourceOf(path: string): Promise<ByteSource> {
  const read: ByteSource["read"] = async (offset, length) => {
    const file = await open(path);
    const { buffer } = await file.read(new Uint8Array(length), 0, length, offset);
    await file.close();
    return buffer;
  };
  return { size: (await stat(path)).size, read };
}

describe("a model of more than 2 GB", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "halftone-large-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is written to side files one by one, runs, and comes back", async () => {
    const files = writeModel(sumOfRows());
    expect(files.model.byteLength).toBeLessThan(100_000);
    let written = 0;
    for (const [name, bytes] of files.external!) {
      expect(bytes.byteLength).toBeLessThanOrEqual(500_000_000);
      await write(join(folder, name), bytes);
      written += bytes.byteLength;
    }
    await write(join(folder, "model.onnx"), files.model);
    // The backing buffer, one side file, and what a runtime takes to load: far from the whole.
    expect(maximumResident()).toBeLessThan(1.5e9);
    expect(written).toBeGreaterThan(2 ** 31);
    expect(written).toBeGreaterThanOrEqual(count * bytesOfTensor);

    const session = await ort.InferenceSession.create(join(folder, "model.onnx"));
    for (const row of [0, 17, side - 1]) {
      const { y } = await session.run({ row: new ort.Tensor("int64", [BigInt(row)], []) });
      expect(Buffer.compare(Buffer.from((y!.data as Float32Array).buffer), Buffer.from(expectedSum(row).buffer))).toBe(0);
    }
    await session.release();

    const locations = sideFilesOf(files.model);
    expect(locations.toSorted()).toEqual([...files.external!.keys()].toSorted());
    const sources = new Map<string, ByteSource>();
    for (const location of locations) sources.set(location, await sourceOf(join(folder, location)));
    const { graph } = await readModelFrom(files.model, sources);
    const read = graph.nodes
      .filter((node) => node.op === "Gather")
      .map((node) => node.inputs[0]!.content ?? node.inputs[0]!.producer!.attributes.get("value")!.value);
    read.forEach((content, index) => {
      const { bytes } = content as { bytes: Uint8Array };
      const expected = weight(index);
      expect(Buffer.compare(bytes, new Uint8Array(expected.buffer, expected.byteOffset, expected.byteLength)), `tensor ${index}`).toBe(0);
    });

    expect(maximumResident()).toBeLessThan(written + 1.5e9);
  });

  it("is refused as one message when it is read, and when it is written", () => {
    const message = new Uint8Array(2 ** 31);
    message.set([0x08, 8]);
    expect(() => readModel({ model: message })).toThrow(
      expect.objectContaining({ code: "invalid-model", message: expect.stringMatching(/more than 2147483647 bytes.*keep its weights in side files/) }),
    );
    expect(() => writeModel(sumOfRows(), { externalFrom: Number.POSITIVE_INFINITY })).toThrow(expect.objectContaining({ code: "write-failed" }));
  });
});
