import type { OptionDimension, Plugin, QuantMethod, Target } from "@halftone/core";
import { expect, test } from "vitest";
import { recipeOf } from "../recipe/recipe.ts";
import { enumerate } from "./enumerate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { withOptionDimensions } from "./option-dimensions.ts";
import { fullSpace, quantune96 } from "./presets.ts";

const method: QuantMethod = { name: "sigma", observe: () => [], plan: async () => ({ encodings: {}, skipped: {} }) };
const declaring = (options: readonly OptionDimension[], name = "sigma"): Plugin => ({
  name: "sigmas",
  methods: { sigma: () => method },
  dimensions: { [name]: options },
});
const plugin = declaring([
  { name: "deviations", values: [2, 3] },
  { name: "robust", values: [true, false] },
]);
const defaults: Target["defaults"] = {
  activations: { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" },
  weights: { dtype: "int8", bits: 8, scheme: "symmetric", granularity: "channel" },
};

test("a space that chooses the method chooses its options too, where it is chosen, and the recipe hands them over", () => {
  const plain = fullSpace({ images: [64], methods: ["min-max", "sigma"] });
  const space = withOptionDimensions(plain, [plugin]);
  const candidates = enumerate(space);
  expect(candidates).toHaveLength(4 * 2 * 2 * (4 + 2 * 2));
  expect(enumerate(JSON.parse(JSON.stringify(space)))).toEqual(candidates);
  const options = (candidate: (typeof candidates)[number]) => recipeOf(candidate, { target: { defaults }, ends: [] }).methodOptions;
  const those = new Set(candidates.filter((candidate) => candidate["method"] === "sigma").map((candidate) => JSON.stringify(options(candidate))));
  expect(those).toEqual(new Set([2, 3].flatMap((deviations) => [true, false].map((robust) => JSON.stringify({ deviations, robust })))));
  for (const candidate of candidates.filter((each) => each["method"] === "min-max")) expect(Object.keys(options(candidate))).toEqual(["calibration"]);
});

test("a space that does not choose the method stays as it is, and its own dimensions have the last word", () => {
  expect(withOptionDimensions(quantune96(), [plugin])).toEqual(quantune96());
  expect(withOptionDimensions(fullSpace(), [plugin])).toEqual(fullSpace());
  const own = {
    name: "own",
    dimensions: [
      { name: "method", values: ["sigma"] },
      { name: "sigma.deviations", values: [5] },
    ],
  };
  expect(enumerate(withOptionDimensions(own, [plugin]))).toEqual(
    [true, false].map((robust) => ({ method: "sigma", "sigma.deviations": 5, "sigma.robust": robust })),
  );
});

test("a journal of other options is of another space", async () => {
  const plain = fullSpace({ methods: ["sigma"] });
  const spaces = [
    plain,
    ...[
      [2, 3],
      [2, 4],
    ].map((values) => withOptionDimensions(plain, [declaring([{ name: "deviations", values }])])),
  ];
  expect(new Set(await Promise.all(spaces.map(fingerprintOf))).size).toBe(3);
});

test.each<[string, Plugin, string, string]>([
  ["of a method that the plugin does not bring", declaring([{ name: "deviations", values: [2] }], "gamma"), "gamma", "deviations"],
  ["declared twice", declaring([1, 2].map((value) => ({ name: "deviations", values: [value] }))), "sigma", "deviations"],
  ["without a name", declaring([{ name: "", values: [1] }]), "sigma", ""],
  ["without values", declaring([{ name: "deviations", values: [] }]), "sigma", "deviations"],
  ["with a value twice", declaring([{ name: "deviations", values: [2, 2] }]), "sigma", "deviations"],
  ["with a value that JSON does not keep", declaring([{ name: "deviations", values: [2, Number.POSITIVE_INFINITY] }]), "sigma", "deviations"],
])("a dimension %s is refused, whatever the space", (_, broken, name, dimension) => {
  const details = { plugin: "sigmas", method: name, dimension };
  expect(() => withOptionDimensions(quantune96(), [broken])).toThrow(expect.objectContaining({ code: "invalid-config", details }));
});

test.each([
  [{ method: "min-max", "sigma.deviations": 2 }, "sigma.deviations"],
  [{ method: "min-max", clipping: "kl", "min-max.calibration": "mse" }, "min-max.calibration"],
])("the recipe refuses %j", (candidate, field) => {
  expect(() => recipeOf(candidate, { target: { defaults }, ends: [] })).toThrow(expect.objectContaining({ code: "invalid-config", details: { field } }));
});
