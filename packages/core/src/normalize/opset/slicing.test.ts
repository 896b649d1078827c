import { describe, expect, it } from "vitest";
import { int, ints } from "../../ir/index.ts";
import { buildModel } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const toTheEnd = 2n ** 63n - 1n;

describe("slicing", () => {
  it("Slice with bounds as attributes", async () => {
    const model = buildModel({ opset: 7, inputs: { x: [4, 5, 6] } }, (b, { x }) => ({
      all: b.op("Slice", [x], { starts: ints([1, 0]), ends: ints([3, 2]) }),
      some: b.op("Slice", [x], { axes: ints([2, 0]), starts: ints([1, -2]), ends: ints([toTheEnd, -1]) }),
    }));
    const { graph } = await expectSameOutputs(model, upgradeOpset);
    expect(graph.nodes.every((node) => node.attributes.size === 0)).toBe(true);
  });

  it.each([7, 11, 13])("Split of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [6, 5] } }, (b, { x }) => {
      const [a, c, d] = b.ops("Split", 3, [x], { axis: int(0) });
      const sizes = [2, 3];
      const [e, f] = opset < 13 ? b.ops("Split", 2, [x], { axis: int(1), split: ints(sizes) }) : b.ops("Split", 2, [x, b.int64(sizes)], { axis: int(1) });
      return { a: a!, c: c!, d: d!, e: e!, f: f! };
    });
    await expectSameOutputs(model, upgradeOpset);
  });

  it.each([7, 10, 11])("TopK of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [3, 7] } }, (b, { x }) => {
      const [values, indices] = opset < 10 ? b.ops("TopK", 2, [x], { k: int(4), axis: int(1) }) : b.ops("TopK", 2, [x, b.int64([4])], { axis: int(1) });
      return { values: values!, indices: indices! };
    });
    await expectSameOutputs(model, upgradeOpset);
  });
});
