import { resolveConfig } from "@halftone/core";
import { expect, test } from "vitest";
import { configOf, defaultSettings, methods, targets, widths } from "./settings.ts";

test("every combination is a configuration of its target", () => {
  for (const { make } of Object.values(targets)) {
    for (const weightBits of widths) {
      for (const activationBits of widths) {
        const target = make();
        const { weights, activations } = resolveConfig(configOf({ ...defaultSettings, weightBits, activationBits }, target), target);
        expect([weights.bits, activations.bits]).toEqual([Number(weightBits), Number(activationBits)]);
      }
    }
  }
});

test("four-bit weights take half a byte where the target has them", () => {
  const config = (target: keyof typeof targets) => configOf({ ...defaultSettings, weightBits: "4" }, targets[target].make()).weights;
  expect(config("web-webgpu")).toEqual({ dtype: "int4", bits: 4 });
  expect(config("web-wasm-integer")).toEqual({ bits: 4 });
});

test("every method can be made", () => {
  expect(
    Object.values(methods)
      .flatMap(({ make }) => make())
      .map(({ name }) => name).length,
  ).toBe(12);
});
