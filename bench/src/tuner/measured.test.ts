import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readMeasured } from "./measured.ts";

const landscapes = await readMeasured(fileURLToPath(new URL("../../landscapes", import.meta.url)));

test("the landscapes measured here are whole, and their workloads know ranges and sensitivities", () => {
  expect(landscapes.map(({ table }) => table.trials.length)).toEqual(landscapes.map(() => 96));
  for (const { table } of landscapes) expect(table.workload.features).toMatchObject({ activationRange: expect.any(Number), sqnrTensor: expect.any(Number) });
});
