import { expect, it } from "vitest";
import { stepFactors } from "./factors.ts";
import { settingsOf } from "./options.ts";

const symmetric = { scheme: "symmetric" } as const;

it("divides the step by scales equally spaced from 0.5 to 2", () => {
  // S = 0.5, 0.75, 1 (the start), 1.25, 1.5, 1.75, 2
  expect(stepFactors(symmetric, settingsOf({ candidates: 7 }))).toEqual([1 / 0.5, 1 / 0.75, 1, 1 / 1.25, 1 / 1.5, 1 / 1.75, 1 / 2]);
});

it("has 100 of them, the start included", () => {
  const factors = stepFactors(symmetric, settingsOf({}));
  expect(factors).toHaveLength(100);
  expect(Math.min(...factors)).toBe(0.5);
  expect(Math.max(...factors)).toBe(2);
  expect(factors).toContain(1);
});

it("multiplies the step with BasePTQ's, of which none is the start", () => {
  const factors = stepFactors(symmetric, settingsOf({ compat: "base-ptq" }));
  expect(factors).toHaveLength(100);
  expect(factors[0]).toBe(0.5);
  expect(factors[1]! - factors[0]!).toBeCloseTo(0.7 / 99, 12);
  expect(factors[99]).toBeCloseTo(1.2, 12);
  expect(factors).not.toContain(1);
});

it.each([{}, { compat: "base-ptq" } as const])("keeps powers of two", (options) => {
  const factors = stepFactors({ scheme: "power-of-two" }, settingsOf(options));
  expect(new Set(factors).size).toBe(factors.length);
  for (const factor of factors) expect(Number.isInteger(Math.log2(factor))).toBe(true);
  expect(factors).toContain(1);
  expect(factors).toContain(0.5);
});
