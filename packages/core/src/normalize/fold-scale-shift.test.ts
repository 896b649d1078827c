import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { int, type Model } from "../ir/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { foldScaleShift } from "./fold-scale-shift.ts";
import { applyRules } from "./rule.ts";

const ulps = 64;
const fold = (model: Model) => applyRules(model, [foldScaleShift]);
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

const step = fc.record({
  op: fc.constantFrom("Add", "Sub", "Mul", "Div"),
  /** Of a constant for an output [N, 3, H, W]. */
  shape: fc.constantFrom([], [1], [3, 1, 1], [1, 3, 1, 1], [1, 1, 1, 1]),
  constantFirst: fc.boolean(),
});

describe("foldScaleShift", () => {
  it("folds any chain of arithmetic with constants into the convolution before it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), fc.constantFrom("Conv", "ConvTranspose"), fc.nat(1000), async (steps, op, seed) => {
        const model = buildModel({ inputs: { x: ["n", 2, 4, 4] }, seed }, (b, { x }) => {
          const linear = b.op(op, [x, b.random(op === "Conv" ? [3, 2, 2, 2] : [2, 3, 2, 2])]);
          const awayFromZero = (shape: readonly number[]) => {
            const data = (b.random(shape).constant!.data as Float32Array).map((value) => 1.5 + value);
            return b.constant([...data], shape);
          };
          const y = steps.reduce((value, { op, shape, constantFirst }) => {
            const constant = awayFromZero(shape);
            return b.op(op, constantFirst && op !== "Div" ? [constant, value] : [value, constant]);
          }, linear);
          return { y };
        });
        expect(operators(await expectSameOutputs(model, fold, { ulps }))).toEqual([op]);
      }),
      { numRuns: 60 },
    );
  });

  it("folds behind Gemm and MatMul along their last axis, and leaves the bias of a MatMul where it is", async () => {
    const model = buildModel({ inputs: { x: ["n", 5] } }, (b, { x }) => {
      const gemm = b.op("Gemm", [x, b.random([3, 5])], { transB: int(1) });
      const matMul = b.op("MatMul", [x, b.random([5, 3])]);
      return {
        gemm: b.op("Add", [b.op("Mul", [gemm, b.random([1, 3])]), b.random([3])]),
        matMul: b.op("Add", [b.op("Mul", [matMul, b.random([3])]), b.random([3])]),
      };
    });
    expect(operators(await expectSameOutputs(model, fold, { ulps }))).toEqual(["Gemm", "MatMul", "Add"]);
  });

  it("is not concerned with constants along other axes, higher ranks, or a constant divided by the output", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 3, 3] } }, (b, { x }) => {
      const conv = () => b.op("Conv", [x, b.random([3, 2, 1, 1])]);
      return {
        alongWidth: b.op("Mul", [conv(), b.random([3])]),
        alongHeight: b.op("Add", [conv(), b.random([3, 1])]),
        alongBatch: b.op("Add", [conv(), b.random([2, 1, 1, 1])]),
        rank5: b.op("Mul", [conv(), b.random([1, 1, 1, 1, 1])]),
        reciprocal: b.op("Div", [b.constant([1], []), conv()]),
      };
    });
    const folded = await expectSameOutputs(model, (copy) => {
      expect(fold(copy).refusals).toEqual([]);
    });
    expect(folded.graph.nodes).toHaveLength(10);
  });

  it("says why it does not fold", () => {
    const model = buildModel({ inputs: { x: [1, 2, 3, 3], bias: [3] } }, (b, { x, bias }) => {
      const shared = b.op("Conv", [x, b.random([3, 2, 1, 1])], {}, "shared");
      const dynamic = b.op("Conv", [x, b.random([3, 2, 1, 1]), bias], {}, "dynamic");
      return {
        once: b.op("Mul", [shared, b.constant([2], [])], {}, "once"),
        again: b.op("Neg", [shared]),
        biased: b.op("Mul", [dynamic, b.constant([2], [])], {}, "biased"),
        infinite: b.op("Div", [b.op("Conv", [x, b.random([3, 2, 1, 1])]), b.constant([0], [])], {}, "infinite"),
      };
    });
    expect(Object.fromEntries(fold(model).refusals.map(({ node, reason }) => [node, reason]))).toEqual({
      once: "the output of shared is read elsewhere too",
      biased: "the bias of dynamic is no float32 constant",
      infinite: "its constants give no finite scale: a divisor is zero, or a variance negative or not a number",
    });
  });
});
