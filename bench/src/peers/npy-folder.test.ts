import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CalibrationSource, parseNpy, type Tensor, type Tensors } from "@halftone/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npyBytes, readFeeds, writeFeeds } from "./npy-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "halftone-feeds-"));
});
afterEach(() => rm(folder, { recursive: true }));

const tensorOf = (...shape: number[]): Tensor => {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: "float32", shape, data: Float32Array.from({ length }, (_, index) => index / 7 - 1) };
};

const sourceOf = (...tensors: Tensor[]): CalibrationSource => ({
  id: "test",
  async *[Symbol.asyncIterator]() {
    for (const x of tensors) yield { x };
  },
});

test.each([{ shape: [] }, { shape: [5] }, { shape: [1, 3, 4, 2] }])("a tensor of shape $shape is read back", ({ shape }) => {
  expect(parseNpy(npyBytes(tensorOf(...shape)))).toEqual(tensorOf(...shape));
});

test("samples come back in their order, and older ones are gone", async () => {
  await writeFeeds(folder, "x", sourceOf(tensorOf(9), tensorOf(9), tensorOf(9)));
  const tensors = Array.from({ length: 12 }, (_, index) => tensorOf(1, index + 1));
  expect(await writeFeeds(folder, "x", sourceOf(...tensors))).toEqual({ ragged: true });
  const read: Tensors[] = [];
  for await (const feeds of await readFeeds(folder, "x")) read.push(feeds);
  expect(read).toEqual(tensors.map((x) => ({ x })));
});

test("samples of one shape are not ragged", async () => {
  expect(await writeFeeds(folder, "x", sourceOf(tensorOf(2, 2), tensorOf(2, 2)))).toEqual({ ragged: false });
});
