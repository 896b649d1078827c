import { QuantError } from "@halftone/core";
import { expect, test } from "vitest";
import { qHyVit } from "./index.ts";
import { type QHyVitOptions, settingsOf } from "./options.ts";

test("scales from the largest on, down to where the width of the grid ends them", () => {
  const { factors, rounds } = settingsOf({});
  expect([factors(8).length, factors(8)[0], rounds]).toEqual([100, 1.2, 3]);
  expect([16, 8, 6, 4].map((bits) => factors(bits).at(-1)!.toFixed(6))).toEqual(["0.600000", "0.600000", "0.300000", "0.150000"]);
});

test.each<QHyVitOptions>([{ smallestFactor: 0.01 }, { compat: "released-code" }])("the paper's scales with %o", (options) => {
  expect([8, 4].map((bits) => settingsOf(options).factors(bits).at(-1)!.toFixed(6))).toEqual(["0.010000", "0.010000"]);
});

test.each([
  [{ candidates: 1 }, "candidates"],
  [{ smallestFactor: 2 }, "smallestFactor"],
  [{ largestFactor: 0 }, "largestFactor"],
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
