import { expect, it } from "vitest";
import { type EasyQuantOptions, easyQuant } from "./index.ts";
import { settingsOf } from "./options.ts";

it("is the paper's search where nothing is said", () => {
  const { candidates, smallestFactor, largestFactor, sequential, basePtq } = settingsOf({});
  expect({ candidates, smallestFactor, largestFactor, sequential, basePtq }).toEqual({
    candidates: 100,
    smallestFactor: 0.5,
    largestFactor: 2,
    sequential: true,
    basePtq: false,
  });
  expect(easyQuant().name).toBe("easyquant");
});

it("is BasePTQ's where that is asked for", () => {
  const { smallestFactor, largestFactor, rounds, sequential, basePtq } = settingsOf({ compat: "base-ptq" });
  expect({ smallestFactor, largestFactor, rounds, sequential, basePtq }).toEqual({
    smallestFactor: 0.5,
    largestFactor: 1.2,
    rounds: 1,
    sequential: false,
    basePtq: true,
  });
  expect(easyQuant({ compat: "base-ptq" }).name).toBe("easyquant:base-ptq");
});

it.each<[string, unknown]>([
  ["candidates", 1],
  ["candidates", 2.5],
  ["smallestFactor", 0],
  ["smallestFactor", Number.NaN],
  ["largestFactor", 0.5],
  ["largestFactor", Number.POSITIVE_INFINITY],
  ["rounds", 0],
  ["tolerance", -0.1],
  ["tolerance", 1],
  ["calibration", "both"],
  ["groupsPerPass", 0],
  ["positions", 0],
  ["compat", "released-code"],
])("refuses %s = %s, and names it", (field, value) => {
  expect(() => easyQuant({ [field]: value } as EasyQuantOptions)).toThrow(
    expect.objectContaining({ code: "invalid-config", message: expect.stringContaining(`"${field}"`), details: { field } }),
  );
});
