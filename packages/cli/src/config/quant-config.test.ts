import { resolveConfig } from "@halftone/core";
import { nodeCpuAvx2, nodeCpuVnni } from "@halftone/node";
import { describe, expect, test } from "vitest";
import { quantConfig } from "./quant-config.ts";

const vnni = nodeCpuVnni();
const resolved = (...[file, flags, target = vnni]: [Parameters<typeof quantConfig>[0], Parameters<typeof quantConfig>[1], typeof vnni?]) =>
  resolveConfig(quantConfig(file, flags, target), target);

test("nothing said: the target's defaults", () => {
  expect(resolved({}, {})).toEqual({ scope: "partial", outliers: "apart", ...vnni.defaults, overrides: [] });
});

describe("bits", () => {
  test("narrow grids live in 8-bit containers", () => {
    expect(resolved({}, { bits: { weights: 4, activations: 6 } })).toMatchObject({
      weights: { dtype: "int8", bits: 4 },
      activations: { dtype: "uint8", bits: 6 },
    });
  });

  test("wide ones in 16-bit containers", () => {
    expect(resolved({}, { bits: { weights: 8, activations: 16 } })).toMatchObject({
      weights: { dtype: "int8", bits: 8 },
      activations: { dtype: "uint16", bits: 16 },
    });
  });

  test("signed as the target prefers", () => {
    expect(resolved({ bits: "w8a8" }, {}, nodeCpuAvx2())).toMatchObject(nodeCpuAvx2().defaults);
  });

  test("a target that reduces the range keeps doing so", () => {
    const reduced = { ...vnni, defaults: { ...vnni.defaults, weights: { ...vnni.defaults.weights, bits: 7 } } };
    expect(resolved({}, { bits: { weights: 8, activations: 8 } }, reduced).weights.bits).toBe(7);
    expect(resolved({ weights: { bits: 8 } }, {}, reduced).weights.bits).toBe(8);
  });
});

test("the scheme is that of activations; weights stay symmetric", () => {
  expect(resolved({}, { scheme: "asymmetric" })).toMatchObject({ activations: { scheme: "asymmetric" }, weights: { scheme: "symmetric" } });
  expect(resolved({}, { scheme: "power-of-two" })).toMatchObject({ activations: { scheme: "power-of-two" }, weights: { scheme: "power-of-two" } });
});

test("the granularity is that of weights", () => {
  expect(resolved({}, { granularity: "tensor" })).toMatchObject({ activations: { granularity: "tensor" }, weights: { granularity: "tensor" } });
});

test("a flag wins over the file, and in the file the special wins over the general", () => {
  expect(resolved({ bits: "w4a4", weights: { bits: 5 } }, {})).toMatchObject({ weights: { bits: 5 }, activations: { bits: 4 } });
  expect(resolved({ activations: { dtype: "uint16" } }, { bits: { weights: 8, activations: 8 } })).toMatchObject({ activations: { dtype: "uint8", bits: 8 } });
});

test("exclusions of both are overrides after those of the file", () => {
  const file = { overrides: [{ match: "a", float: false }], exclude: ["b"] };
  expect(resolved(file, { exclude: ["c"] }).overrides).toEqual([
    { match: "a", float: false },
    { match: "b", float: true },
    { match: "c", float: true },
  ]);
});

test("outlying units stay together where flag or file ask for that, and the flag wins", () => {
  expect(resolved({ outliers: "together" }, {}).outliers).toBe("together");
  expect(resolved({ outliers: "together" }, { outliers: "apart" }).outliers).toBe("apart");
});
