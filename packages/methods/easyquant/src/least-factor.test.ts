import { linearFactors } from "@halftone/core";
import { expect, it } from "vitest";
import { leastFactor } from "./least-factor.ts";

const factors = linearFactors(0.5, 2, 61);

it.each([0.5, 0.525, 0.9, 1, 1.275, 1.975, 2])("finds the bottom of a valley at %f", async (bottom) => {
  const found = await leastFactor(factors, async (factor) => 0.01 + (factor - bottom) ** 2);
  expect(found).toBeCloseTo(bottom, 10);
});

it("tries a part of them", async () => {
  const tried: number[] = [];
  await leastFactor(factors, async (factor) => {
    tried.push(factor);
    return 1 + Math.abs(factor - 1);
  });
  // Every fourth, and three to each side.
  expect(tried).toHaveLength(16 + 6);
  expect(new Set(tried).size).toBe(tried.length);
});

it("goes no further than where all is clipped", async () => {
  const tried: number[] = [];
  await leastFactor(factors, async (factor) => {
    tried.push(factor);
    return factor < 1.5 ? 9 : 1;
  });
  expect(Math.min(...tried)).toBeGreaterThan(1.3);
});

it("takes the largest where all are alike, and the start where none is a number", async () => {
  expect(await leastFactor(factors, async () => 0)).toBe(2);
  expect(await leastFactor(factors, async () => Number.NaN)).toBe(1);
  expect(await leastFactor([0.5, 2, 1], async (factor) => factor)).toBe(0.5);
});
