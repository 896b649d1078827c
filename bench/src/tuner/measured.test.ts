import { fileURLToPath } from "node:url";
import { transferSearch } from "@halftone/tuner";
import { expect, test } from "vitest";
import { readMeasured } from "./measured.ts";
import { expectedRandom, trialsTo } from "./search.ts";

const landscapes = await readMeasured(fileURLToPath(new URL("../../landscapes", import.meta.url)));

test("the landscapes measured here are whole, and their workloads know ranges and sensitivities", () => {
  expect(landscapes.map(({ table }) => table.trials.length)).toEqual(landscapes.map(() => 96));
  for (const { table } of landscapes) expect(table.workload.features).toMatchObject({ activationRange: expect.any(Number), sqnrTensor: expect.any(Number) });
});

test("transfer takes fewer trials than random on each of them", () => {
  for (const landscape of landscapes) {
    const others = landscapes.filter((other) => other !== landscape).map(({ table }) => table);
    expect(trialsTo(landscape, transferSearch(), others, 0.1, 0)).toBeLessThan(expectedRandom(landscape, 0.1));
  }
});
