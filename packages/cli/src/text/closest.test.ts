import { expect, test } from "vitest";
import { closest, didYouMean } from "./closest.ts";

test("finds the name that was misspelt", () => {
  expect(closest("sheme", ["scheme", "samples", "seed"])).toBe("scheme");
  expect(closest("Calibrations", ["calibration", "granularity"])).toBe("calibration");
  expect(didYouMean("percentil", ["max", "percentile"])).toBe(' Did you mean "percentile"?');
});

test("says nothing where no name is near", () => {
  expect(closest("colour", ["scheme", "samples", "seed"])).toBeUndefined();
  expect(didYouMean("x", ["entropy"])).toBe("");
});
