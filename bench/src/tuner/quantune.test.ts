import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { gridSearch, randomSearch, transferPaperSearch, transferSearch } from "@halftone/tuner";
import { describe, expect, test } from "vitest";
import { readQuantune } from "./quantune.ts";
import { bestOf, expectedRandom, trialsTo } from "./search.ts";

const file = join(resolve(process.env.HALFTONE_ASSETS ?? "../shared/assets"), "quantune", "landscapes.json");

describe.skipIf(!existsSync(file))("the landscapes of Quantune (needs the assets)", async () => {
  const landscapes = existsSync(file) ? await readQuantune(file) : [];
  const each = <Value>(value: (landscape: (typeof landscapes)[number]) => Value): readonly Value[] => landscapes.map(value);

  test("have the best that the paper's author found", () => {
    expect(each(({ name }) => name)).toEqual(["mobilenet-v2", "shufflenet-v1", "squeezenet", "googlenet-slim-v4", "resnet18", "resnet50"]);
    expect(each(bestOf)).toEqual([71.23, 63.59, 53.15, 70.58, 70.25, 76.01]);
  });

  test("take random search as long as chance says, to the very best", () => {
    expect(each((landscape) => expectedRandom(landscape, 0))).toEqual([49 / 3, 48.5, 24.5, 48.5, 24.5, 24.5]);
    const seeds = 100;
    for (const landscape of landscapes) {
      const counts = Array.from({ length: seeds }, (_, seed) => trialsTo(landscape, randomSearch(), [], 0, seed));
      const mean = counts.reduce((sum, count) => sum + count, 0) / seeds;
      // A uniform count over N places deviates by N / sqrt(12): four standard errors.
      expect(Math.abs(mean - expectedRandom(landscape, 0))).toBeLessThan((4 * landscape.table.trials.length) / Math.sqrt(12 * seeds));
    }
  });

  test("take grid search as long as the author's curves do", () => {
    const counts = new Map(landscapes.map((landscape) => [landscape.name, trialsTo(landscape, gridSearch(), [], 0, 0)]));
    expect(counts.get("mobilenet-v2")).toBe(29);
    expect(counts.get("squeezenet")).toBe(29);
    expect(counts.get("resnet18")).toBe(21);
    expect(counts.get("resnet50")).toBe(45);
    expect(counts.get("googlenet-slim-v4")).toBe(21);
  });

  test("take transfer an eighth of random's trials to within 0.1 points, and fewer on every network", () => {
    const ratios = each((landscape) => {
      const others = landscapes.filter((other) => other !== landscape).map(({ table }) => table);
      return expectedRandom(landscape, 0.1) / trialsTo(landscape, transferSearch(), others, 0.1, 0);
    });
    expect(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)).toBeGreaterThan(8);
    expect(Math.min(...ratios)).toBeGreaterThan(1);
  });

  test("take the paper's transfer, whose author counts 48, no more trials to the very best of four networks", () => {
    const counts = ["mobilenet-v2", "squeezenet", "resnet18", "resnet50"].map((name) => {
      const others = landscapes.filter((other) => other.name !== name).map(({ table }) => table);
      return trialsTo(landscapes.find((own) => own.name === name)!, transferPaperSearch(), others, 0, 0);
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(48);
  });
});
