import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { checkGraph, ints, subgraph } from "../ir/index.ts";
import { seededRandom } from "../numerics/index.ts";
import { writeModel } from "../onnx/index.ts";
import { buildModel } from "./build-model.ts";

describe("buildModel", () => {
  it("builds what the runtime executes", async () => {
    const model = buildModel({ inputs: { x: [1, 3, 8, 8] } }, (b, { x }) => {
      const hidden = b.op("Conv", [x, b.random([4, 3, 3, 3], "w")], { pads: ints([1, 1, 1, 1]) }, "conv");
      return { y: b.op("Relu", [hidden]), same: x };
    });
    checkGraph(model.graph);
    expect(model.graph.node("conv")!.inputs[1]!.name).toBe("w");
    const session = await ort.InferenceSession.create(writeModel(model).model);
    const x = new ort.Tensor("float32", Float32Array.from({ length: 192 }, seededRandom(3)), [1, 3, 8, 8]);
    const result = await session.run({ x });
    expect(result["y"]!.dims).toEqual([1, 4, 8, 8]);
    expect(result["same"]!.data).toEqual(x.data);
  });

  it("builds subgraphs that read outer values", async () => {
    const model = buildModel({ inputs: { condition: { dtype: "bool", shape: [] }, x: [2] } }, (b, { condition, x }) => ({
      y: b.op("If", [condition], {
        then_branch: subgraph(b.subgraph({}, (inner) => ({ double: inner.op("Add", [x, x]) }))),
        else_branch: subgraph(b.subgraph({}, (inner) => ({ shifted: inner.op("Add", [x, inner.constant([1], [])]) }))),
      }),
    }));
    checkGraph(model.graph);
    const session = await ort.InferenceSession.create(writeModel(model).model);
    const x = new ort.Tensor("float32", [1, 2], [2]);
    const run = async (flag: boolean) => (await session.run({ x, condition: new ort.Tensor("bool", [flag], []) }))["y"]!.data;
    expect(await run(true)).toEqual(Float32Array.of(2, 4));
    expect(await run(false)).toEqual(Float32Array.of(2, 3));
  });
});
