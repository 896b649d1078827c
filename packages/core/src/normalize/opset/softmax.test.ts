import { describe, expect, it } from "vitest";
import { int, ints, type Model } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const operators = (model: Model) => model.graph.nodes.map((node) => node.op);
const variants = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((op) => [7, 11, 12].map((opset) => ({ op, opset })));

describe("softmax of a matrix", () => {
  it.each(variants)("$op of $opset along every axis", async ({ op, opset }) => {
    const model = buildModel({ opset, inputs: { x: [2, 3, 4] } }, (b, { x }) => ({
      whole: b.op(op, [x], { axis: int(0) }),
      tail: b.op(op, [x]),
      last: b.op(op, [x], { axis: int(2) }),
      negative: b.op(op, [x], { axis: int(opset >= 11 ? -2 : 1) }),
    }));
    const upgraded = await expectSameOutputs(model, upgradeOpset);
    expect(operators(upgraded).filter((each) => each === "Flatten")).toHaveLength(3);
  });

  it("needs no matrix where the columns are one axis", async () => {
    const model = buildModel({ opset: 11, inputs: { x: ["n", 5, 1, 1], single: [1, 1, 1], long: [2, 1, 3, 1] } }, (b, { x, single, long }) => {
      const shape = b.op("Concat", [b.op("Slice", [b.op("Shape", [x]), b.int64([0]), b.int64([1])]), b.int64([-1])], { axis: int(0) });
      return {
        channels: b.op("Softmax", [x]),
        ones: b.op("Softmax", [single]),
        deep: b.op("Softmax", [long], { axis: int(-3) }),
        ranked: b.op("Softmax", [b.op("Transpose", [b.op("Reshape", [x, shape])], { perm: ints([1, 0]) })], { axis: int(1) }),
      };
    });
    const upgraded = await expectSameOutputs(model, upgradeOpset, { dimensions: { n: 3 } });
    expect(operators(upgraded)).not.toContain("Flatten");
    const axes = upgraded.graph.nodes.filter((node) => node.op === "Softmax").map((node) => node.int("axis", 9));
    expect(axes.sort()).toEqual([-1, -1, 1, 2]);
  });

  it("is exact where not even the rank is known", async () => {
    const model = buildModel({ opset: 11, inputs: { x: [2, 3, 4], shape: { dtype: "int64", shape: ["rank"] } } }, (b, { x, shape }) => ({
      y: b.op("Softmax", [b.op("Reshape", [x, shape])], { axis: int(2) }),
    }));
    const shape = { dtype: "int64", shape: [4], data: BigInt64Array.of(2n, 3n, 2n, 2n) } as const;
    expect(operators(await expectSameOutputs(model, upgradeOpset, { feeds: { shape } }))).toEqual(["Reshape", "Flatten", "Softmax", "Shape", "Reshape"]);
  });
});
