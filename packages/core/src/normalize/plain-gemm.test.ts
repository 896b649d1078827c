import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { int, type Model } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { plainGemm } from "./plain-gemm.ts";
import { applyRules } from "./rule.ts";

/** Six products, and a bias that is rounded once more. */
const ulps = 8;
const flatten = (model: Model) => applyRules(model, [plainGemm]);
const float = (value: number) => ({ kind: "float", value }) as const;

describe("plainGemm", () => {
  it("moves alpha into the weight and beta into a bias that is a vector", async () => {
    const any = fc.record({
      transB: fc.boolean(),
      alpha: fc.constantFrom(1, 0.5, -3),
      beta: fc.constantFrom(1, 0, 2),
      bias: fc.constantFrom(undefined, [], [1], [1, 1], [4], [1, 4]),
      seed: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(any, async ({ transB, alpha, beta, bias, seed }) => {
        const model = buildModel({ inputs: { x: ["n", 6] }, seed }, (b, { x }) => {
          const attributes = { transB: int(transB ? 1 : 0), alpha: float(alpha), beta: float(beta) };
          return { y: b.op("Gemm", [x, b.random(transB ? [4, 6] : [6, 4]), bias && b.random(bias)], attributes, "gemm") };
        });
        const { graph } = await expectSameOutputs(model, flatten, { ulps });
        const node = graph.node("gemm")!;
        expect([node.float("alpha", 1), node.float("beta", 1)]).toEqual([1, 1]);
        if (bias && beta !== 0) expect(node.inputs[2]!.content!.shape).toEqual([4]);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves a bias that is computed, or tells rows apart, and numbers that somebody else reads", async () => {
    const model = buildModel({ inputs: { x: [3, 6], c: [1, 4] } }, (b, { x, c }) => {
      const [weight, bias] = [b.random([6, 4], "weight"), b.random([1, 4], "bias")];
      return {
        computed: b.op("Gemm", [x, weight, b.op("Neg", [c])], { beta: float(2) }, "computed"),
        rows: b.op("Gemm", [x, weight, b.random([3, 1])], { beta: float(2) }, "rows"),
        own: b.op("Gemm", [x, weight, bias], { alpha: float(2) }, "own"),
        other: b.op("Add", [b.op("MatMul", [x, weight]), bias]),
      };
    });
    const { graph } = await expectSameOutputs(model, flatten, { ulps });
    expect(["computed", "rows"].map((name) => graph.node(name)!.float("beta", 1))).toEqual([2, 2]);
    expect(graph.node("own")!.float("alpha", 1)).toBe(1);
  });

  it("has nothing to do with a plain one", () => {
    const model = buildModel({ inputs: { x: [3, 6] } }, (b, { x }) => ({ y: b.op("Gemm", [x, b.random([4, 6]), b.random([4])], { transB: int(1) }) }));
    expect(flatten(model).applied).toEqual({ "plain-gemm": 0 });
  });
});
