import { describe, it } from "vitest";
import { type Attribute, int, ints } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const reductions = [
  "ReduceSum",
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceL1",
  "ReduceL2",
  "ReduceLogSum",
  "ReduceLogSumExp",
  "ReduceSumSquare",
];

describe("axes as an input", () => {
  it.each(reductions.flatMap((op) => [7, 11, 13, 17].map((opset) => ({ op, opset }))))("$op of $opset", async ({ op, opset }) => {
    const model = buildModel({ opset, inputs: { x: [2, 3, 4] } }, (b, { x }) => {
      // ReduceSum-13 has them as an input already.
      const over = (axes: readonly number[]): Readonly<Record<string, Attribute>> => (op === "ReduceSum" && opset >= 13 ? {} : { axes: ints(axes) });
      const positive = b.op("Exp", [x]);
      return {
        all: b.op(op, [positive]),
        scalar: b.op(op, [positive], { keepdims: int(0) }),
        some: b.op(op, [positive], over([0, 2])),
        flat: b.op(op, [positive], { ...over([opset >= 11 ? -1 : 2]), keepdims: int(0) }),
      };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it.each([7, 11])("Squeeze and Unsqueeze of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [1, 3, 1, 4] } }, (b, { x }) => ({
      squeezed: b.op("Squeeze", [x], { axes: ints([opset >= 11 ? -2 : 2]) }),
      bare: b.op("Squeeze", [x]),
      unsqueezed: b.op("Unsqueeze", [x], { axes: ints([0, 5]) }),
    }));
    await expectSameOutputs(model, upgradeOpset);
  });

  it.each([17, 19])("DFT of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [2, 6, 5, 1] } }, (b, { x }) => ({
      first: b.op("DFT", [x]),
      second: b.op("DFT", [x], { axis: int(2), onesided: int(1) }),
    }));
    await expectSameOutputs(model, upgradeOpset);
  });
});
