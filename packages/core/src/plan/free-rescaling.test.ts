import { expect, test } from "vitest";
import type { Value } from "../ir/index.ts";
import { int, type Model } from "../ir/index.ts";
import { fixtureTarget } from "../placement/fixtures/target.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { AffineEncoding } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { isFreeRescaling } from "./index.ts";

const grid: AffineEncoding = { kind: "affine", dtype: "uint8", scale: [0.1], zeroPoint: [0] };

/** `tensor` is read by a Gemm. */
function isFree(front: (b: GraphBuilder, x: Value) => Value, readsTwice = false): boolean {
  let tensor = "";
  const model = buildModel({ inputs: { x: [4, 8] } }, (b, { x }) => {
    const read = front(b, x);
    tensor = read.name;
    const y = b.op("Gemm", [read, b.random([8, 8], "w")], {}, "last");
    return { y: readsTwice ? b.op("Softmax", [b.op("Mul", [y, read])], { axis: int(-1) }) : y };
  });
  return isFreeIn(model, tensor);
}

function isFreeIn(model: Model, tensor: string): boolean {
  const placement = place(model.graph, new Map(), fixtureTarget, resolveConfig({}, fixtureTarget));
  const tensors = [...placement.activations.flatMap((site) => site.tensors), ...placement.weights.map((site) => site.tensor)];
  const start = { encodings: Object.fromEntries(tensors.map((name) => [name, grid])), operands: {}, skipped: {} };
  return isFreeRescaling({ graph: model.graph, placement, start, target: fixtureTarget }, tensor);
}

const norm = (b: GraphBuilder, x: Value): Value => b.op("LayerNormalization", [x, b.random([8]), b.random([8])], {}, "norm");

test.each([
  ["a normalization", norm, true],
  ["a Mul with a constant", (b: GraphBuilder, x: Value) => b.op("Mul", [b.op("Softmax", [x]), b.random([8])]), true],
  ["a Relu behind an Add with a constant", (b: GraphBuilder, x: Value) => b.op("Relu", [b.op("Add", [norm(b, x), b.random([8])])]), true],
  ["a Softmax", (b: GraphBuilder, x: Value) => b.op("Softmax", [x]), false],
  ["an input of the model", (_: GraphBuilder, x: Value) => x, false],
  ["a Gemm, which answers in float", (b: GraphBuilder, x: Value) => b.op("Gemm", [x, b.random([8, 8], "v")], {}, "first"), true],
] as const)("behind %s", (_, front, free) => expect(isFree(front)).toBe(free));

test("not where somebody else reads the tensor as it is", () => expect(isFree(norm, true)).toBe(false));

test("not where an integer kernel stores the tensor", () => {
  const model = buildModel({ inputs: { x: [1, 8, 4, 4] } }, (b, { x }) => {
    const first = b.op("Conv", [x, b.random([8, 8, 1, 1], "v")], {}, "first");
    return { y: b.op("Conv", [first, b.random([8, 8, 1, 1], "w")], {}, "last") };
  });
  expect(isFreeIn(model, "first_out")).toBe(false);
});
