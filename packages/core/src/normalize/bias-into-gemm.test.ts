import { nodeBackend } from "@halftone/node";
import { describe, expect, it } from "vitest";
import type { Model, Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { biasIntoGemm } from "./bias-into-gemm.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { applyRules } from "./rule.ts";
import { inferTypes } from "./shapes/infer-types.ts";

/** A Gemm starts its sums with the bias. */
const ulps = 8;

async function merge(model: Model) {
  await inferTypes(model, nodeBackend());
  return applyRules(model, [biasIntoGemm]);
}

const operators = async (shape: readonly number[], build: (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>) =>
  (
    await expectSameOutputs(
      buildModel({ inputs: { x: shape } }, (b, { x }) => build(b, x)),
      merge,
      { ulps },
    )
  ).graph.nodes.map(({ op }) => op);
const product = (b: GraphBuilder, x: Value): Value => b.op("MatMul", [x, b.random([6, 4])], {}, "product");

describe("biasIntoGemm", () => {
  it.each([[[4]], [[1, 4]], [[1]], [[]]])("makes a Gemm of a product of matrices and a bias of shape %j, on either side", async (shape) => {
    expect(await operators([3, 6], (b, x) => ({ y: b.op("Add", [product(b, x), b.random(shape)]) }))).toEqual(["Gemm"]);
    expect(await operators([3, 6], (b, x) => ({ y: b.op("Relu", [b.op("Add", [b.random(shape), product(b, x)])]) }))).toEqual(["Gemm", "Relu"]);
  });

  it("keeps the name of the product and of what it answers", async () => {
    const model = buildModel({ inputs: { x: [3, 6] } }, (b, { x }) => ({ y: b.op("Add", [product(b, x), b.random([4])]) }));
    const { graph } = await expectSameOutputs(model, merge, { ulps });
    expect([graph.nodes[0]!.name, graph.outputs[0]!.name]).toEqual(["product", "y"]);
  });

  it.each<[string, readonly number[], (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>]>([
    ["products of more than matrices", [2, 3, 6], (b, x) => ({ y: b.op("Add", [product(b, x), b.random([4])]) })],
    ["vectors", [6], (b, x) => ({ y: b.op("Add", [product(b, x), b.random([4])]) })],
    ["what differs from row to row", [3, 6], (b, x) => ({ y: b.op("Add", [product(b, x), b.random([3, 1])]) })],
    ["what raises the rank", [3, 6], (b, x) => ({ y: b.op("Add", [product(b, x), b.random([1, 1, 4])]) })],
    [
      "a product that somebody else reads",
      [3, 6],
      (b, x) => {
        const z = product(b, x);
        return { y: b.op("Add", [z, b.random([4])]), z: b.op("Neg", [z]) };
      },
    ],
    [
      "a product that is an output",
      [3, 6],
      (b, x) => {
        const z = product(b, x);
        return { y: b.op("Add", [z, b.random([4])]), z };
      },
    ],
    ["a second weight", [3, 6], (b, x) => ({ y: b.op("Add", [product(b, x), b.op("MatMul", [x, b.random([6, 4])])]) })],
  ])("leaves %s", async (_, shape, build) => {
    expect(await operators(shape, build)).not.toContain("Gemm");
  });
});
