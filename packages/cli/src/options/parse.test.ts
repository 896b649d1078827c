import { QuantError } from "@halftone/core";
import { describe, expect, test } from "vitest";
import { bits, oneOf, patterns, realNumber, wholeNumber } from "./parse.ts";

describe("bits", () => {
  test.each([
    ["w8a8", 8, 8],
    ["W6A6", 6, 6],
    ["w4a16", 4, 16],
  ])("%s", (text, weights, activations) => {
    expect(bits("--bits")(text)).toEqual({ weights, activations });
  });

  test.each(["8", "w8", "a8w8", "w1a8", "w8a17", "w8a8b8", ""])('refuses "%s"', (text) => {
    expect(() => bits("--bits")(text)).toThrow(/--bits: .*w8a8/);
  });
});

test("numbers are whole, or numbers, and not below their minimum", () => {
  expect(wholeNumber("--samples", 1)("16")).toBe(16);
  for (const text of ["0", "1.5", "-3", "many", "1e3", ""]) expect(() => wholeNumber("--samples", 1)(text), text).toThrow(/--samples/);
  expect(realNumber("--tolerance", 0)("0.5")).toBe(0.5);
  for (const text of ["-0.1", "half", "", "Infinity"]) expect(() => realNumber("--tolerance", 0)(text), text).toThrow(/--tolerance/);
});

test("a name that is not known comes with the one that was meant", () => {
  expect(oneOf("--calibration", ["max", "entropy"])("max")).toBe("max");
  expect(() => oneOf("--calibration", ["max", "entropy"])("entropie")).toThrow(/one of max, entropy\. Did you mean "entropy"\?/);
});

test("a flag that repeats collects, and wants regular expressions", () => {
  const exclude = patterns("--exclude");
  expect(exclude("b.*", exclude("a", undefined))).toEqual(["a", "b.*"]);
  expect(() => exclude("(", undefined)).toThrow(QuantError);
});
