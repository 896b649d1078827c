import type { Backend } from "@halftone/core";
import { writeModel } from "@halftone/core";
import { buildModel, floats } from "@halftone/core/testing";
import { nodeBackend } from "@halftone/node";
import { expect, test } from "vitest";
import { withMemoryGuard } from "./guard.ts";
import { memoryLimit } from "./limit.ts";

const doubling = (weight: number) => writeModel(buildModel({ inputs: { x: ["n", weight] } }, (b, { x }) => ({ y: b.op("Add", [x, b.random([weight])]) })));
const guarded = (limit: number): Backend => withMemoryGuard(nodeBackend(), limit);

test("a model that does not fit is refused before the runtime sees it, with what to do", async () => {
  await expect(guarded(10_000).open(doubling(10_000))).rejects.toMatchObject({
    code: "backend-failed",
    message: expect.stringMatching(/needs at least 1 MiB.*on Node.*memoryLimit/),
    details: { limitBytes: 10_000, neededBytes: expect.any(Number) },
  });
});

test("a batch that does not fit is refused, and a smaller one runs", async () => {
  const session = await guarded(100_000).open(doubling(100));
  const x = (rows: number) => ({ x: floats([rows, 100], new Float32Array(rows * 100)) });
  await expect(session.run(x(200))).rejects.toMatchObject({ code: "backend-failed", message: expect.stringContaining("smaller batches") });
  expect((await session.run(x(10)))["y"]!.shape).toEqual([10, 100]);
  await session.dispose();
});

test("the limit is WebAssembly's, or half of a small device", () => {
  expect(memoryLimit({})).toBe(3.5 * 2 ** 30);
  expect(memoryLimit({ deviceMemory: 2 })).toBe(2 ** 30);
  expect(memoryLimit({ deviceMemory: 32 })).toBe(3.5 * 2 ** 30);
});
