import { nodeBackend, nodeTarget } from "@halftone/node";
import { describe, expect, it } from "vitest";
import { inspect } from "./inspect.ts";
import { int } from "./ir/index.ts";
import { writeModel } from "./onnx/index.ts";
import { buildModel } from "./testing/build-model.ts";

const run = { backend: nodeBackend(), target: await nodeTarget() };

describe("inspect", () => {
  it("answers what the normalized graph is made of", async () => {
    const model = buildModel({ inputs: { x: [1, 4, 4, 4] } }, (b, { x }) => {
      const image = b.op("Conv", [x, b.random([8, 4, 1, 1])], {}, "align");
      const tokens = b.op("Transpose", [b.op("Reshape", [image, b.int64([8, 16])])]);
      const [query, key, value] = ["query", "key", "value"].map((name) => b.op("MatMul", [tokens, b.random([8, 8])], {}, name));
      const scores = b.op("Softmax", [b.op("MatMul", [query, b.op("Transpose", [key])])], { axis: int(-1) }, "softmax");
      return { y: b.op("MatMul", [scores, value], {}, "mix") };
    });
    const { outlook } = await inspect({ model: writeModel(model), ...run });
    expect(outlook).toMatchObject({
      structure: {
        first: ["align"],
        last: ["query", "key", "value"],
        attentions: [{ kind: "product", softmax: "softmax", projections: ["query", "key", "value"] }],
        bridges: [{ layers: ["align", "query", "key", "value"] }],
      },
    });
    expect(JSON.parse(JSON.stringify(outlook))).toEqual(outlook);
  });

  it("answers with the obstacle where there is one", async () => {
    const model = buildModel({ inputs: { x: [4] } }, (b, { x }) => ({ y: b.op("QuantizeLinear", [x, b.constant([1], [])]) }));
    expect((await inspect({ model: writeModel(model), ...run })).outlook).toMatchObject({ code: "already-quantized" });
  });
});
