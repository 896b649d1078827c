import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { int, ints, type Model, string, type Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { expectSameOutputs } from "./fixtures/same-on-runtime.ts";
import { foldScaleForward } from "./fold-scale-forward.ts";
import { applyRules } from "./rule.ts";

const ulps = 64;
const fold = (model: Model) => applyRules(model, [foldScaleForward]);
const operators = (model: Model) => model.graph.nodes.map((node) => node.op);

const scalar = (b: GraphBuilder, value: number, rank: number) => b.constant([value], Array<number>(rank).fill(1));

describe("foldScaleForward", () => {
  const chain = fc.record({
    steps: fc.array(
      fc.record({ op: fc.constantFrom("Add", "Sub", "Mul", "Div"), value: fc.constantFrom(-1.5, 0.25, 0.75, 3), rank: fc.integer({ min: 0, max: 4 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    group: fc.constantFrom(1, 2),
    pads: fc.constantFrom(0, 1),
    bias: fc.boolean(),
    seed: fc.nat(1000),
  });

  it("folds scalar arithmetic into the convolution behind it, all of it without padding and the scale with it", async () => {
    await fc.assert(
      fc.asyncProperty(chain, async ({ steps, group, pads, bias, seed }) => {
        const model = buildModel({ inputs: { x: [1, 4, 5, 5] }, seed }, (b, { x }) => {
          const y = steps.reduce((value, { op, value: number, rank }) => b.op(op, [value, scalar(b, number, rank)]), b.op("Tanh", [x]));
          const w = b.random([4, 4 / group, 3, 3]);
          return { y: b.op("Conv", [y, w, bias ? b.random([4]) : undefined], { group: int(group), pads: ints([pads, 0, 0, pads]) }) };
        });
        const left = operators(await expectSameOutputs(model, fold, { ulps })).slice(1, -1);
        const shift = steps.reduce(
          (sum, { op, value }) => (op === "Add" ? sum + value : op === "Sub" ? sum - value : op === "Mul" ? sum * value : sum / value),
          0,
        );
        if (pads === 0 || shift === 0) expect(left).toEqual([]);
        else expect(left).toEqual([steps.length === 1 ? steps[0]!.op : "Add"]);
      }),
      { numRuns: 60 },
    );
  });

  it("folds into every reader, a shared weight into a copy each", async () => {
    const model = buildModel({ inputs: { x: [2, 6] } }, (b, { x }) => {
      const y = b.op("Add", [b.op("Mul", [b.op("Tanh", [x]), scalar(b, 0.5, 1)]), scalar(b, 2, 0)]);
      const w = b.random([6, 6], "w");
      const half = { alpha: { kind: "float", value: 0.5 } } as const;
      return { plain: b.op("Gemm", [y, w, b.random([6])]), transposed: b.op("Gemm", [y, w], { ...half, transB: int(1) }), other: b.op("MatMul", [x, w]) };
    });
    const folded = await expectSameOutputs(model, fold, { ulps });
    expect(operators(folded)).toEqual(["Tanh", "Gemm", "Gemm", "MatMul"]);
    expect(folded.graph.value("w")!.consumers.map((use) => use.node.op)).toEqual(["MatMul"]);
  });

  it("gives a MatMul the scale, and a convolution with automatic padding", async () => {
    const model = buildModel({ inputs: { x: [1, 2, 4, 4] } }, (b, { x }) => {
      const scaled = (value: Value) => b.op("Mul", [b.op("Tanh", [value]), scalar(b, 0.5, 1)]);
      const shifted = b.op("Add", [scaled(x), scalar(b, 3, 1)]);
      return {
        product: b.op("MatMul", [scaled(x), b.random([4, 3])]),
        same: b.op("Conv", [shifted, b.random([2, 2, 3, 3])], { auto_pad: string("SAME_UPPER") }),
      };
    });
    expect(operators(await expectSameOutputs(model, fold, { ulps })).sort()).toEqual(["Add", "Conv", "MatMul", "Tanh", "Tanh"]);
  });

  it("leaves alone what is read by others, is an output, or would lose a rank", async () => {
    const model = buildModel({ inputs: { x: [4], z: [1, 2, 3, 3] } }, (b, { x, z }) => {
      const seen = b.op("Mul", [z, scalar(b, 2, 0)]);
      const output = b.op("Mul", [z, scalar(b, 3, 0)]);
      return {
        raised: b.op("MatMul", [b.op("Mul", [x, scalar(b, 2, 3)], {}, "raise"), b.random([4, 3])]),
        seen: b.op("Add", [b.op("Conv", [seen, b.random([2, 2, 1, 1])]), seen]),
        output,
        conv: b.op("Conv", [output, b.random([2, 2, 1, 1])]),
      };
    });
    const folded = await expectSameOutputs(model, (copy) => {
      expect(fold(copy).refusals).toEqual([{ rule: "fold-scale-forward", node: "raise", reason: "its constants may raise the rank of x" }]);
    });
    expect(folded.graph.nodes.filter((node) => node.op === "Mul")).toHaveLength(3);
  });
});
