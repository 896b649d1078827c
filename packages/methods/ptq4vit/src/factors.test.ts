import { expect, it } from "vitest";
import { searchFactors, softmaxSplits } from "./factors.ts";

it("tries 0.01, 0.0219 ... 1.1881 besides the start", () => {
  const [start, ...factors] = searchFactors({ scheme: "symmetric" }, 100);
  expect(start).toBe(1);
  expect(factors).toHaveLength(100);
  expect(factors[0]).toBeCloseTo(0.01, 12);
  expect(factors[1]).toBeCloseTo(0.0219, 12);
  expect(factors.at(-1)).toBeCloseTo(1.1881, 12);
});

it("tries powers of two where steps have to be", () => {
  const factors = searchFactors({ scheme: "power-of-two" }, 100);
  expect(factors[0]).toBe(1);
  expect(new Set(factors).size).toBe(factors.length);
  for (const factor of factors) expect(Number.isInteger(Math.log2(factor))).toBe(true);
});

it("splits scores at 20 powers of two, from 1 on", () => {
  expect(softmaxSplits()).toEqual(Array.from({ length: 20 }, (_, power) => 2 ** -power));
});
