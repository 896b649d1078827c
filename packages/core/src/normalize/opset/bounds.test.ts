import { describe, expect, it } from "vitest";
import { float, ints, type Model, string } from "../../ir/index.ts";
import { buildModel, type GraphBuilder } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

const count = (model: Model, op: string) => model.graph.nodes.filter((node) => node.op === op).length;
const edges = { dtype: "float32", shape: [6], data: Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0, 7, 0.25) } as const;

/** An operator of ONNX Runtime's own domain: nothing says what type it answers in. */
function untyped(model: Model): Model {
  model.opsets.set("com.microsoft", 1);
  return model;
}
const ownGelu = (b: GraphBuilder, x: Parameters<GraphBuilder["op"]>[1][number]) => b.graph.addNode("Gelu", [x], { domain: "com.microsoft" }).outputs[0]!;

describe("bounds as inputs", () => {
  it.each([7, 10])("Clip of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [6] } }, (b, { x }) => ({
      both: b.op("Clip", [x], { min: float(0), max: float(6) }),
      low: b.op("Clip", [x], { min: float(-0.5) }),
      high: b.op("Clip", [x], { max: float(0.1) }),
      none: b.op("Clip", [x]),
    }));
    const { graph } = await expectSameOutputs(model, upgradeOpset, { feeds: { x: edges } });
    expect(graph.nodes.map((node) => node.inputs.length)).toEqual([3, 2, 3, 1]);
    expect(graph.nodes[0]!.inputs.map((input) => input?.constant?.data[0])).toEqual([undefined, 0, 6]);
  });

  it("Clip of a value whose type nothing tells", async () => {
    const model = untyped(buildModel({ opset: 10, inputs: { x: [8] } }, (b, { x }) => ({ y: b.op("Clip", [ownGelu(b, x)], { max: float(0.5) }) })));
    expect(count(await expectSameOutputs(model, upgradeOpset), "CastLike")).toBe(1);
  });

  it.each([7, 10])("Pad of %i", async (opset) => {
    const model = buildModel({ opset, inputs: { x: [3, 4], wide: { dtype: "float64", shape: [2, 2] } } }, (b, { x, wide }) => ({
      zeros: b.op("Pad", [x], { pads: ints([1, 0, 2, 1]) }),
      cropped: b.op("Pad", [x], { pads: ints([-1, 0, 0, 2]), value: float(0.1) }),
      reflected: b.op("Pad", [x], { pads: ints([0, 1, 1, 2]), mode: string("reflect") }),
      edge: b.op("Pad", [x], { pads: ints([0, 1, 1, 2]), mode: string("edge") }),
      double: b.op("Pad", [wide], { pads: ints([1, 0, 0, 0]), value: float(0.1) }),
    }));
    expect(count(await expectSameOutputs(model, upgradeOpset), "Cast")).toBe(1);
  });
});
