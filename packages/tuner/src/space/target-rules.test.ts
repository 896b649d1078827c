import { type NodeView, readModel, type Target, tableTarget, viewOf, writeModel } from "@halftone/core";
import { buildModel } from "@halftone/core/testing";
import { nodeCpuAvx2 } from "@halftone/node";
import { expect, test } from "vitest";
import { enumerate } from "./enumerate.ts";
import { fullSpace, quantune96 } from "./presets.ts";
import { restrictTo } from "./target-rules.ts";

const target = nodeCpuAvx2();
const model = buildModel({ inputs: { x: [1, 3, 4, 4] } }, (b, { x }) => {
  const convolved = b.op("Conv", [x, b.random([8, 3, 1, 1])], {}, "conv");
  return { y: b.op("MatMul", [b.op("Flatten", [convolved]), b.random([128, 5])], {}, "product") };
});
const layers: readonly NodeView[] = [...viewOf(readModel(writeModel(model)).graph).nodes].filter(({ name }) => name === "conv" || name === "product");

/** The table with other answers for weights. */
const changed = (change: Partial<Target["operators"][string]>): Target =>
  tableTarget({ ...target, operators: Object.fromEntries(Object.entries(target.operators).map(([op, support]) => [op, { ...support, ...change }])) });

test("a space that the target can execute stays what it is", () => {
  const space = quantune96();
  expect(restrictTo(space, target, layers)).toBe(space);
});

test("a width without kernels goes, with the target's reason", () => {
  const space = restrictTo(fullSpace({ images: [64], bits: ["w8a8", "w16a16"] }), target, layers);
  expect(new Set(enumerate(space).map(({ bits }) => bits))).toEqual(new Set(["w8a8"]));
  expect(enumerate(space)).toHaveLength(enumerate(fullSpace({ images: [64] })).length);
  expect(space.rules).toHaveLength(1);
  expect(space.rules?.[0]?.reason).toMatch(/int16 .*node-cpu-avx2/);
});

test("scales per channel go where weights need one scale per tensor, and stay where one operator takes them", () => {
  const perTensor = restrictTo(quantune96(), changed({ perChannelWeights: false }), layers);
  expect(new Set(enumerate(perTensor).map(({ granularity }) => granularity))).toEqual(new Set(["tensor"]));
  const mixed = tableTarget({ ...target, operators: { ...target.operators, Conv: { ...target.operators["Conv"]!, perChannelWeights: false } } });
  expect(enumerate(restrictTo(quantune96(), mixed, layers))).toHaveLength(96);
  expect(enumerate(restrictTo(quantune96(), mixed, layers.slice(0, 1)))).toHaveLength(48);
});

test("combinations go one by one where no value is wrong by itself", () => {
  // Weights of 16 bits have a kernel per tensor only.
  const picky: Target = {
    ...target,
    supports: (_, __, encoding) =>
      encoding.kind === "affine" && encoding.dtype.endsWith("16") && encoding.axis !== undefined ? { ok: false, reason: "no" } : { ok: true },
  };
  const space = restrictTo(fullSpace({ images: [64], bits: ["w8a8", "w16a8"] }), picky, layers);
  const left = new Set(enumerate(space).map(({ bits, granularity }) => `${bits} ${granularity}`));
  expect(left).toEqual(new Set(["w8a8 tensor", "w8a8 channel", "w16a8 tensor"]));
});

test("a space of which nothing is left is an error", () => {
  expect(() => restrictTo(quantune96(), changed({ weights: [] }), layers)).toThrow(
    /node-cpu-avx2 can execute nothing of search space "quantune-96": .*only for none/,
  );
});
