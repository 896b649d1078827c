import { describe, expect, it } from "vitest";
import { int, type Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { attention, conv, layerNorm, linear, reshape, separableLayer, transformerLayer, transpose } from "./fixtures/layers.ts";
import { recognized } from "./fixtures/recognized.ts";
import type { StructureOverrides } from "./recognize.ts";

const size = { tokens: 16, channels: 8, heads: 2 };
const projections = (name: string) => [`${name}_query`, `${name}_key`, `${name}_value`];
const tokensOf = (b: GraphBuilder, image: Value) => transpose(b, reshape(b, image, [1, 8, 16]), [0, 2, 1]);
const imageOf = (b: GraphBuilder, tokens: Value) => reshape(b, transpose(b, tokens, [0, 2, 1]), [1, 8, 4, 4]);

const found = (build: (b: GraphBuilder, x: Value) => Value, overrides?: StructureOverrides) =>
  recognized(
    buildModel({ inputs: { x: [1, 8, 4, 4] } }, (b, { x }) => ({ y: build(b, x) })),
    overrides,
  ).then(({ bridges }) => bridges);
const layersOf = async (build: (b: GraphBuilder, x: Value) => Value) => (await found(build)).map(({ layers }) => layers);

/** Two blocks of two layers each, with a convolution that mixes what went around the transformer. */
function hybrid(b: GraphBuilder, x: Value): Value {
  const block = (image: Value, name: string) => {
    const aligned = conv(b, conv(b, image, [8, 8], `${name}_local`, { kernel: 3, pad: 1 }), [8, 8], `${name}_align`);
    const transformed = transformerLayer(b, transformerLayer(b, tokensOf(b, aligned), size, `${name}_1`), size, `${name}_2`);
    const projected = conv(b, imageOf(b, layerNorm(b, transformed, 8, `${name}_norm`)), [8, 8], `${name}_project`);
    return conv(b, b.op("Concat", [image, projected], { axis: int(1) }), [8, 16], `${name}_fuse`, { kernel: 3, pad: 1 });
  };
  return block(block(x, "a"), "b");
}

describe("bridge blocks", () => {
  it("are one per hybrid block: its aligning convolution and the first layer's projections", async () => {
    expect(await layersOf(hybrid)).toEqual([
      ["a_align", ...projections("a_1")],
      ["b_align", ...projections("b_1")],
    ]);
  });

  it("hold all that is between", async () => {
    const [bridge] = await found((b, x) => {
      const activated = b.op("HardSwish", [conv(b, x, [8, 8], "align")], {}, "act");
      return attention(b, layerNorm(b, tokensOf(b, activated), 8, "norm"), size, "a");
    });
    expect(bridge!.nodes).toEqual(["align", "act", "Reshape", "Transpose", "norm", ...projections("a")]);
  });

  it("reach over a class token and embeddings of positions in a plain ViT", async () => {
    const layers = await layersOf((b, x) => {
      const patches = b.op("Concat", [b.random([1, 1, 8]), tokensOf(b, conv(b, x, [8, 8], "patch"))], { axis: int(1) });
      const embedded = b.op("Add", [patches, b.random([1, 17, 8])]);
      const vit = { ...size, tokens: 17 };
      return transformerLayer(b, transformerLayer(b, embedded, vit, "first"), vit, "second");
    });
    expect(layers).toEqual([["patch", ...projections("first")]]);
  });

  it("do not repeat in layers that are made of convolutions, whose norms reshape too", async () => {
    const layers = await layersOf((b, x) => {
      const unfolded = reshape(b, transpose(b, reshape(b, conv(b, x, [8, 8], "align"), [1, 8, 2, 2, 2, 2]), [0, 1, 3, 5, 2, 4]), [1, 8, 4, 4]);
      return separableLayer(b, separableLayer(b, unfolded, [8, 4, 4], "first"), [8, 4, 4], "second");
    });
    expect(layers).toEqual([["align", "first_qkv"]]);
  });

  it("begin before a depthwise convolution, which aligns no channels and comes in every layer", async () => {
    const layers = await layersOf((b, x) => {
      const layer = (tokens: Value, name: string) => {
        const local = tokensOf(b, conv(b, imageOf(b, tokens), [8, 1], `${name}_local`, { kernel: 3, pad: 1, group: 8 }));
        return transformerLayer(b, b.op("Add", [tokens, local]), size, name);
      };
      return layer(layer(tokensOf(b, conv(b, x, [8, 8], "patch")), "first"), "second");
    });
    expect(layers).toEqual([["patch", "first_local", ...projections("first")]]);
  });

  it("hold a convolution that shortens keys and values", async () => {
    const layers = await layersOf((b, x) => {
      const layer = (tokens: Value, name: string) => {
        const short = reshape(b, b.op("Conv", [imageOf(b, tokens), b.random([8, 8, 2, 2])], {}, `${name}_shorten`), [1, 8, 9]);
        const [query, key, value] = [tokens, transpose(b, short, [0, 2, 1]), transpose(b, short, [0, 2, 1])].map((input, index) =>
          linear(b, input, [8, 8], projections(name)[index]!),
        ) as [Value, Value, Value];
        const scores = b.op("Softmax", [b.op("MatMul", [query, transpose(b, key, [0, 2, 1])])], { axis: int(-1) });
        return b.op("Add", [tokens, linear(b, b.op("MatMul", [scores, value]), [8, 8], `${name}_out`)]);
      };
      return layer(layer(tokensOf(b, conv(b, x, [8, 8], "patch")), "first"), "second");
    });
    expect(layers).toEqual([["patch", "first_shorten", ...projections("first")]]);
  });

  it("are none where nothing is laid out anew in front of the projections, or no convolution is", async () => {
    const nonLocal = await layersOf((b, x) => {
      const [query, key, value] = ["query", "key", "value"].map((name) =>
        reshape(b, conv(b, conv(b, x, [8, 8], `${name}_stem`), [8, 8], name), [1, 8, 16]),
      ) as [Value, Value, Value];
      const scores = b.op("Softmax", [b.op("MatMul", [transpose(b, query, [0, 2, 1]), key])], { axis: int(-1) });
      return b.op("MatMul", [value, transpose(b, scores, [0, 2, 1])]);
    });
    expect(nonLocal).toEqual([]);
    expect(await layersOf((b, x) => attention(b, linear(b, tokensOf(b, x), [8, 8], "embed"), size, "a"))).toEqual([]);
    expect(await layersOf((b, x) => conv(b, b.op("Relu", [conv(b, x, [8, 8], "first")]), [8, 8], "second"))).toEqual([]);
  });
});

describe("bridge blocks from the user", () => {
  it("replace those found, in the order of the graph, with what is between", async () => {
    const bridges = await found(hybrid, { bridges: [["b_1_query", "b_align"], ["a_fuse"]] });
    expect(bridges.map(({ layers }) => layers)).toEqual([["b_align", "b_1_query"], ["a_fuse"]]);
    expect(bridges[0]!.nodes).toContain("b_1_norm1");
    expect(bridges[1]!.nodes).toEqual(["a_fuse"]);
    expect(await found(hybrid, { bridges: [] })).toEqual([]);
  });

  it.each([
    [[["a_align"], ["a_align", "none"]], "bridges[1][1]", /none/],
    [[["a_1_softmax"]], "bridges[0]", /weight/],
    [[[]], "bridges[0]", /weight/],
  ])("must be of this network: %j", async (bridges, field, message) => {
    await expect(found(hybrid, { bridges })).rejects.toMatchObject({ code: "invalid-config", details: { field }, message: expect.stringMatching(message) });
  });
});
