import { QuantError, type SearchSpace } from "@halftone/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf } from "./candidate-key.ts";
import { checkCandidate, checkSpace } from "./check-space.ts";
import { enumerate, maximumCandidates } from "./enumerate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { fullSpace, integerOnly12, presetSpace, quantune96 } from "./presets.ts";
import { relativesOf } from "./relatives.ts";

const small: SearchSpace = {
  name: "small",
  dimensions: [
    { name: "method", values: ["a", "b"] },
    { name: "clip", values: ["max", "kl"], when: { method: ["a"] } },
    { name: "images", values: [1, 64] },
  ],
  rules: [{ when: { clip: ["kl"] }, only: { images: [64] }, reason: "divergence wants more than one image" }],
};

test("counts with the first dimension fastest, an inactive one once, forbidden combinations never", () => {
  expect(enumerate(small)).toEqual([
    { method: "a", clip: "max", images: 1 },
    { method: "b", images: 1 },
    { method: "a", clip: "max", images: 64 },
    { method: "b", images: 64 },
    { method: "a", clip: "kl", images: 64 },
  ]);
});

test.each([
  [quantune96(), 96],
  [integerOnly12(), 12],
  [fullSpace(), 4 * 2 * 2 * (1 + 2 * 4)],
  [fullSpace({ methods: ["min-max", "easyquant", "ptq4vit"], bits: ["w8a8", "w6a6"] }), 2 * 16 * (1 + 2 * 4 + 2 * 3)],
])("$name has as many candidates as it should, all legal and all different", (space, count) => {
  checkSpace(space);
  const candidates = enumerate(space);
  expect(candidates).toHaveLength(count);
  expect(new Set(candidates.map(keyOf)).size).toBe(count);
  for (const candidate of candidates) checkCandidate(space, candidate);
});

test("tries the paper's space in the paper's order: scheme, clipping, granularity, images, precision", () => {
  const places = new Map(enumerate(quantune96({ images: [1, 1000, 10000] })).map((candidate, index) => [keyOf(candidate), index + 1]));
  const placeOf = (clipping: string, granularity: string, images: number, precision = "int8"): number =>
    places.get(keyOf({ scheme: "asymmetric", clipping, granularity, images, precision }))!;
  expect([placeOf("kl", "channel", 1000), placeOf("kl", "tensor", 1000), placeOf("kl", "channel", 10000)]).toEqual([29, 21, 45]);
  expect(placeOf("max", "tensor", 1, "mixed")).toBe(49);
});

test("a space and its fingerprint survive JSON; the fingerprint tells spaces apart", async () => {
  const parsed = JSON.parse(JSON.stringify(small)) as SearchSpace;
  expect(enumerate(parsed)).toEqual(enumerate(small));
  expect(await fingerprintOf(parsed)).toBe(await fingerprintOf({ ...small, name: "another name" }));
  const others = [quantune96(), quantune96({ images: [1, 2] }), fullSpace(), { ...small, rules: [] }];
  expect(new Set(await Promise.all([small, ...others].map(fingerprintOf))).size).toBe(5);
});

test("a key does not depend on the order of the dimensions", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), (candidate) => {
      expect(keyOf(Object.fromEntries(Object.entries(candidate).reverse()))).toBe(keyOf(candidate));
    }),
  );
});

describe("refuses, naming the field", () => {
  const values = ["x"];
  test.each<[string, SearchSpace, string]>([
    ["no dimensions", { name: "s", dimensions: [] }, "dimensions"],
    ["no values", { name: "s", dimensions: [{ name: "a", values: [] }] }, "dimensions.0.values"],
    ["a value twice", { name: "s", dimensions: [{ name: "a", values: ["x", "x"] }] }, "dimensions.0.values"],
    [
      "a dimension twice",
      {
        name: "s",
        dimensions: [
          { name: "a", values },
          { name: "a", values },
        ],
      },
      "dimensions.1.name",
    ],
    [
      "a condition on what comes later",
      {
        name: "s",
        dimensions: [
          { name: "a", values, when: { b: ["x"] } },
          { name: "b", values },
        ],
      },
      "dimensions.0.when.b",
    ],
    [
      "a rule about a value that is not there",
      { name: "s", dimensions: [{ name: "a", values }], rules: [{ when: { a: ["y"] }, only: {}, reason: "" }] },
      "rules.0.when.a",
    ],
  ])("%s", (_, space, field) => {
    expect(fieldOf(() => checkSpace(space))).toBe(field);
  });

  test.each([
    ["a stranger", { method: "b", images: 1, colour: "red" }, "colour"],
    ["a value of an inactive dimension", { method: "b", clip: "max", images: 1 }, "clip"],
    ["a missing value", { method: "a", images: 1 }, "clip"],
    ["an unknown value", { method: "b", images: 2 }, "images"],
    ["a combination that is ruled out", { method: "a", clip: "kl", images: 1 }, "images"],
  ])("a candidate with %s", (_, candidate, field) => {
    expect(fieldOf(() => checkCandidate(small, candidate))).toBe(field);
  });

  test("too many candidates, before they fill the memory", () => {
    const dimensions = Array.from({ length: 17 }, (_, index) => ({ name: `d${index}`, values: [0, 1] }));
    expect(2 ** 17).toBeGreaterThan(maximumCandidates);
    expect(fieldOf(() => enumerate({ name: "wide", dimensions }))).toBe("space");
  });

  test("a preset that does not exist", () => {
    expect(() => presetSpace("quantune-97")).toThrow(expect.objectContaining({ code: "unknown-name" }));
  });
});

function fieldOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    if (QuantError.is(error, "invalid-config")) return error.details["field"];
    throw error;
  }
  return "accepted";
}

test("the space full can choose how many sensitive layers stay in float", () => {
  const [plain, wider] = [fullSpace({ images: [64] }), fullSpace({ images: [64], sensitive: [0, 2, 4] })];
  expect(enumerate(wider)).toHaveLength(3 * enumerate(plain).length);
  expect(enumerate(plain)[0]).not.toHaveProperty("sensitive");
});

test("relatives of a candidate are all schemes and clippings of its method with no layer in float, where rules allow them", () => {
  const relatives = relativesOf(fullSpace({ images: [1, 64], methods: ["min-max", "easyquant"], sensitive: [0, 2] }));
  const candidate = { method: "min-max", bits: "w8a8", scheme: "symmetric", granularity: "tensor", precision: "mixed", sensitive: 2 };
  const found = relatives({ ...candidate, clipping: "kl", images: 64 });
  expect(new Set(found.map(({ scheme, clipping }) => `${scheme} ${clipping}`)).size).toBe(16);
  expect(found).toHaveLength(16);
  for (const relative of found) expect(relative).toMatchObject({ method: "min-max", bits: "w8a8", granularity: "tensor", images: 64 });
  expect(found.some((relative) => "precision" in relative || "sensitive" in relative)).toBe(false);
  expect(new Set(relatives({ ...candidate, clipping: "max", images: 1 }).map(({ clipping }) => clipping))).toEqual(new Set(["max"]));
  expect(relatives({ ...candidate, method: "easyquant", images: 64 }).map(({ clipping }) => clipping)).toEqual([undefined, undefined, undefined, undefined]);
});

test("dimensions that exist only where their method is chosen cost nothing elsewhere", () => {
  const methods = Array.from({ length: 8 }, (_, index) => `m${index}`);
  const options = methods.flatMap((method) => [0, 1, 2].map((option) => ({ name: `${method}.${option}`, values: [1, 2, 3, 4], when: { method: [method] } })));
  const candidates = enumerate({ name: "wide", dimensions: [{ name: "method", values: methods }, ...options] });
  expect(candidates).toHaveLength(8 * 4 ** 3);
  expect(candidates.slice(0, 9)).toEqual([
    ...methods.map((method) => ({ method, [`${method}.0`]: 1, [`${method}.1`]: 1, [`${method}.2`]: 1 })),
    { method: "m0", "m0.0": 2, "m0.1": 1, "m0.2": 1 },
  ]);
});
