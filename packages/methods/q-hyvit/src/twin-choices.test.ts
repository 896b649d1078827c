import { fakeQuantize, type TensorConfig, type TwinSubject } from "@halftone/core";
import { expect, test } from "vitest";
import { twinChoices } from "./twin-choices.ts";

const narrow: TensorConfig = { dtype: "uint8", bits: 6, scheme: "asymmetric", granularity: "tensor" };
const shares: TwinSubject = { kind: "shares" };
const gelu: TwinSubject = { kind: "activation", minimum: -0.17 };

function read(value: number, subject: TwinSubject, max: number, factor = 1): number {
  const errors = twinChoices(subject, { min: 0, max }, narrow).flatMap(({ at }) => {
    const plan = at(factor);
    if (!plan) return [];
    const [answer] = fakeQuantize({ dtype: "float32", shape: [1], data: Float32Array.of(value) }, plan.encoding).data as Float32Array;
    return [Math.abs(answer! - value)];
  });
  return Math.min(...errors);
}

test("shares are split at powers of two, and some split tells small ones apart that one grid would not", () => {
  const choices = twinChoices(shares, { min: 0, max: 1 }, narrow);
  expect(choices).toHaveLength(10);
  // A grid of 6 bits from 0 to 1 has steps of 1/63.
  for (const share of [0.001, 0.002, 0.004]) expect(read(share, shares, 1)).toBeLessThan(0.1 / 63);
});

test("a split that no share reaches is none", () => {
  const choices = twinChoices(shares, { min: 0, max: 0.1 }, narrow);
  expect(choices.filter(({ at }) => at(1))).toHaveLength(7);
});

test("an activation keeps its minimum, however far the grid above is searched", () => {
  for (const factor of [1, 0.3]) expect(read(-0.17, gelu, 8, factor)).toBeLessThan(1e-6);
  expect(read(8, gelu, 8)).toBeLessThan(1e-5);
  expect(read(8, gelu, 8, 0.5)).toBeCloseTo(4, 1);
});

test.each([
  ["what is neither", undefined, narrow, 1],
  ["a grid with all codes of its container", shares, { ...narrow, bits: 8 }, 1],
  ["a tensor without positive values", gelu, narrow, 0],
] as const)("%s has no second grid", (_, subject, config, max) => {
  expect(twinChoices(subject, { min: -1, max }, config)).toEqual([]);
});

test("a value far from all others leaves them a fine grid, in a whole container too", () => {
  // One grid of 6 bits from 0 to 200 has steps of 200/63.
  for (const value of [0.5, 1, 2]) expect(read(value, gelu, 200)).toBeLessThan(0.1 * (200 / 63));
  expect(read(190, gelu, 200)).toBeLessThanOrEqual(200 / 31 / 2);
  const whole = twinChoices(gelu, { min: -0.17, max: 200 }, { ...narrow, bits: 8 });
  expect(whole).toHaveLength(5);
  expect(whole.every(({ worthwhile }) => worthwhile < twinChoices(gelu, { min: -0.17, max: 200 }, narrow)[0]!.worthwhile)).toBe(true);
});
