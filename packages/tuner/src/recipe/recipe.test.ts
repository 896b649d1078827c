import { resolveConfig, type Target } from "@halftone/core";
import { expect, test } from "vitest";
import { enumerate } from "../space/enumerate.ts";
import { fullSpace } from "../space/presets.ts";
import { recipeOf } from "./recipe.ts";

const defaults: Target["defaults"] = {
  activations: { dtype: "uint8", bits: 8, scheme: "asymmetric", granularity: "tensor" },
  weights: { dtype: "int8", bits: 7, scheme: "symmetric", granularity: "channel" },
};
const target = { defaults };
const ends = ["/stem/conv.1", "classifier"];

test("says everything that a candidate of the paper's space means", () => {
  const candidate = { scheme: "power-of-two", clipping: "kl", granularity: "tensor", images: 64, precision: "mixed" };
  expect(recipeOf(candidate, { target, ends })).toEqual({
    method: "min-max",
    methodOptions: { calibration: "entropy" },
    config: {
      activations: { scheme: "power-of-two" },
      weights: { scheme: "power-of-two", granularity: "tensor" },
      overrides: [
        { match: "/stem/conv\\.1".replaceAll("/", "\\/"), float: true },
        { match: "classifier", float: true },
      ],
    },
    images: 64,
  });
});

test("leaves a weight's zero point at 0 under the other schemes", () => {
  for (const scheme of ["asymmetric", "symmetric", "symmetric-uint8"]) {
    const { config } = recipeOf({ scheme, precision: "int8" }, { target, ends });
    expect(config).toEqual({ activations: { scheme }, weights: { scheme: "symmetric" }, overrides: [] });
  }
});

test("widths keep to the target: 8 bits mean what it means by them, wider grids get a wider container", () => {
  const { config } = recipeOf({ bits: "w8a16", method: "easyquant" }, { target, ends });
  expect(config).toMatchObject({ weights: { dtype: "int8", bits: 7 }, activations: { dtype: "uint16", bits: 16 } });
  expect(recipeOf({ bits: "w4a6" }, { target, ends }).config).toMatchObject({ weights: { dtype: "int8", bits: 4 }, activations: { dtype: "uint8", bits: 6 } });
});

test("every candidate of the full space is a configuration that core accepts", () => {
  const space = fullSpace({ methods: ["min-max", "q-hyvit"], bits: ["w8a8", "w6a6", "w4a16"] });
  const complete = { defaults } as Target;
  const configs = enumerate(space).map((candidate) => recipeOf(candidate, { target, ends }));
  for (const { config } of configs) resolveConfig(config, complete);
  expect(new Set(configs.map((config) => JSON.stringify(config))).size).toBe(configs.length);
});

test.each([
  [{ scheme: "sideways" }, "scheme"],
  [{ clipping: "none" }, "clipping"],
  [{ images: 0 }, "images"],
  [{ bits: "w1a8" }, "bits"],
  [{ precision: true }, "precision"],
])("refuses %j", (candidate, field) => {
  expect(() => recipeOf(candidate as never, { target, ends })).toThrow(expect.objectContaining({ code: "invalid-config", details: { field } }));
});
