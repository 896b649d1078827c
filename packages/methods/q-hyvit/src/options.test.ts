import { QuantError } from "@halftone/core";
import { expect, test } from "vitest";
import { qHyVit } from "./index.ts";
import { type QHyVitOptions, settingsOf } from "./options.ts";

test("the paper's grid of scales, from the largest on", () => {
  const { factors, rounds } = settingsOf({});
  expect([factors.length, factors[0], rounds]).toEqual([100, 1.2, 3]);
  expect(factors.at(-1)).toBeCloseTo(0.01, 12);
});

test.each([
  [{ candidates: 1 }, "candidates"],
  [{ smallestFactor: 2 }, "smallestFactor"],
  [{ rounds: 0 }, "rounds"],
  [{ zeroPointGuard: "none" }, "zeroPointGuard"],
  [{ weightRounding: "up" }, "weightRounding"],
  [{ importance: "none" }, "importance"],
  [{ twins: "both" }, "twins"],
  [{ compat: "paper" }, "compat"],
] as const)("refuses %o", (options, field) => {
  const make = (): unknown => qHyVit(options as unknown as QHyVitOptions);
  expect(make).toThrow(QuantError);
  expect(make).toThrow(new RegExp(`"${field}" of q-hyvit`));
});
