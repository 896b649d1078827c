import { describe, expect, it } from "vitest";
import { int, type Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { attention, conv, transformerLayer } from "./fixtures/layers.ts";
import { recognized } from "./fixtures/recognized.ts";

const image = { x: [1, 4, 8, 8] };
const built = (build: (b: GraphBuilder, x: Value) => Value) => recognized(buildModel({ inputs: image }, (b, { x }) => ({ y: build(b, x) })));

describe("layers", () => {
  it("tells depthwise and grouped convolutions from others", async () => {
    const structure = await built((b, x) => {
      const depthwise = conv(b, conv(b, x, [8, 4], "dense"), [16, 1], "depthwise", { group: 8 });
      const grouped = conv(b, depthwise, [4, 4], "grouped", { group: 4 });
      return b.op("ConvTranspose", [grouped, b.random([4, 2, 2, 2])], { group: int(4) }, "depthwise-transposed");
    });
    expect(structure.weighted).toEqual(["dense", "depthwise", "grouped", "depthwise-transposed"]);
    expect(structure.depthwise).toEqual(["depthwise", "depthwise-transposed"]);
    expect(structure.grouped).toEqual(["grouped"]);
  });

  it("takes a convolution of one channel for what it is", async () => {
    const grey = buildModel({ inputs: { x: [1, 1, 8, 8] } }, (b, { x }) => ({ y: conv(b, x, [4, 1], "stem") }));
    expect(await recognized(grey)).toMatchObject({ weighted: ["stem"], depthwise: [], grouped: [] });
  });

  it("finds where a network begins and ends, with several inputs and outputs", async () => {
    const model = buildModel({ inputs: { ...image, z: [1, 4, 8, 8] } }, (b, { x, z }) => {
      const sum = b.op("Add", [conv(b, b.op("Relu", [x]), [4, 4], "left"), conv(b, z, [4, 4], "right")]);
      const body = b.op("Relu", [conv(b, sum, [4, 4], "body")]);
      return { y: b.op("Relu", [conv(b, body, [2, 4], "boxes")]), scores: conv(b, body, [2, 4], "classes") };
    });
    expect(await recognized(model)).toMatchObject({ first: ["left", "right"], last: ["boxes", "classes"] });
  });

  it("knows nothing of an empty network", async () => {
    expect(await built((b, x) => b.op("Relu", [x]))).toEqual({
      weighted: [],
      first: [],
      last: [],
      depthwise: [],
      grouped: [],
      attentions: [],
      activated: [],
      normalizations: [],
      residuals: [],
      bridges: [],
    });
  });
});

describe("residuals", () => {
  it("are additions of what skipped a part, projected or not", async () => {
    const { residuals } = await built((b, x) => {
      const stem = conv(b, x, [4, 4], "stem");
      const identity = b.op("Add", [conv(b, stem, [4, 4], "branch"), stem], {}, "identity");
      const deep = conv(b, b.op("Relu", [conv(b, identity, [8, 4], "first")]), [8, 8], "second");
      return b.op("Add", [deep, conv(b, identity, [8, 4], "shortcut")], {}, "projected");
    });
    expect(residuals).toEqual(["identity", "projected"]);
  });

  it("are neither biases nor parallel branches nor what is broadcast", async () => {
    const { residuals } = await built((b, x) => {
      const stem = b.op("Add", [conv(b, x, [4, 4], "stem"), b.random([1, 4, 8, 8])], {}, "bias");
      const parallel = b.op("Add", [conv(b, stem, [4, 4], "wide", { kernel: 3, pad: 1 }), conv(b, stem, [4, 4], "narrow")], {}, "parallel");
      return b.op("Add", [parallel, b.op("GlobalAveragePool", [conv(b, parallel, [4, 4], "squeeze")])], {}, "broadcast");
    });
    expect(residuals).toEqual([]);
  });

  it("are two in a transformer's layer, and none among its scores", async () => {
    const size = { tokens: 6, channels: 8, heads: 2 };
    const model = buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => ({ y: transformerLayer(b, x, size, "layer") }));
    expect((await recognized(model)).residuals).toEqual(["layer_add1", "layer_add2"]);
  });
});

describe("names", () => {
  it("play no part", async () => {
    const model = (rename: (name: string) => string) => {
      const built = buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => ({ y: attention(b, x, { tokens: 6, channels: 8, heads: 2 }, rename("a")) }));
      for (const node of built.graph.nodes) for (const value of node.outputs) if (value && !value.isOutput) built.graph.rename(value, rename(value.name));
      return built;
    };
    const plain = await recognized(model((name) => name));
    const turned = await recognized(model((name) => `conv_ln_${[...name].reverse().join("")}`));
    expect(turned.attentions.map(({ heads, projections }) => [heads, projections.length])).toEqual([[2, 3]]);
    expect(Object.values(turned).map((list) => list.length)).toEqual(Object.values(plain).map((list) => list.length));
  });
});
