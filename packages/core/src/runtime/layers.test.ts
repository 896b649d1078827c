import { describe, expect, it } from "vitest";
import { type Attribute, int, ints, string, type Value, viewOf } from "../ir/index.ts";
import { place, resolveConfig } from "../placement/index.ts";
import type { Layer } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { searchTarget } from "./fixtures/search-case.ts";
import { layerGroups } from "./layer-groups.ts";
import { layersOf } from "./layers.ts";

type Build = (b: GraphBuilder, x: Value) => Value;

function layersIn(shape: readonly (number | string)[], build: Build): readonly Layer[] {
  const { graph } = buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: build(b, x) }));
  return layersOf(viewOf(graph), place(graph, new Map(), searchTarget, resolveConfig({}, searchTarget)));
}

const image = ["n", 4, 8, 8];

describe("layers", () => {
  it("are the products of the network in topological order", () => {
    const layers = layersIn(["n", 6, 8], (b, x) => {
      const project = (name: string) => b.op("MatMul", [x, b.random([8, 8], `${name}_w`)], {}, name);
      const key = b.op("Transpose", [project("key")], { perm: ints([0, 2, 1]) });
      const mixed = b.op("MatMul", [b.op("Softmax", [b.op("MatMul", [project("query"), key], {}, "scores")]), project("value")], {}, "mix");
      return b.op("MatMul", [mixed, b.random([8, 3], "out_w")], {}, "out");
    });
    expect(layers.map(({ node, kind, operands, weight, output }) => [node, kind, operands, weight, output])).toEqual([
      ["key", "linear", ["x"], "key_w", "key_out"],
      ["query", "linear", ["x"], "query_w", "query_out"],
      ["scores", "product", ["query_out", "Transpose_out"], undefined, "scores_out"],
      ["value", "linear", ["x"], "value_w", "value_out"],
      ["mix", "product", ["Softmax_out", "value_out"], undefined, "mix_out"],
      ["out", "linear", ["mix_out"], "out_w", "y"],
    ]);
    expect(layers.map(({ groups, padded }) => [groups, padded])).toEqual(layers.map(() => [1, false]));
  });

  it.each([
    ["without padding", {}, [3, 3], false],
    ["with padding on one side", { pads: ints([0, 0, 0, 1]) }, [3, 3], true],
    ["of one position, padded", { pads: ints([1, 1, 1, 1]) }, [1, 1], true],
    ["of the same size", { auto_pad: string("SAME_UPPER") }, [3, 1], true],
    ["of one position and the same size", { auto_pad: string("SAME_LOWER") }, [1, 1], false],
    ["of what is valid", { auto_pad: string("VALID") }, [3, 3], false],
  ] as readonly (readonly [string, Readonly<Record<string, Attribute>>, readonly number[], boolean])[])(
    "say whether they read zeros around their input: a convolution %s",
    (_, attributes, kernel, padded) => {
      const [layer] = layersIn(image, (b, x) => b.op("Conv", [x, b.random([6, 2, ...kernel])], { ...attributes, group: int(2) }, "conv"));
      expect([layer!.kind, layer!.groups, layer!.padded]).toEqual(["convolution", 2, padded]);
    },
  );

  it("leave out what is no such product, and what the placement leaves in float", () => {
    expect(layersIn(image, (b, x) => b.op("MaxPool", [x], { kernel_shape: ints([2, 2]) }))).toEqual([]);
    expect(layersIn(image, (b, x) => b.op("MatMul", [x, b.random([4, 8, 8])]))).toEqual([]);
    expect(layersIn(["n", 8], (b, x) => b.op("Gemm", [x, b.random([8, 8])], { alpha: { kind: "float", value: 2 } }))).toEqual([]);
    const transposed = (attributes: Readonly<Record<string, Attribute>>): readonly Layer[] =>
      layersIn(image, (b, x) => b.op("ConvTranspose", [x, b.random([4, 3, 2, 2])], attributes));
    expect(transposed({}).map(({ padded }) => padded)).toEqual([true]);
    expect(transposed({ auto_pad: string("SAME_UPPER") })).toEqual([]);
    expect(transposed({ output_shape: ints([9, 9]) })).toEqual([]);
  });
});

describe("groups of layers", () => {
  it("hold those that read one tensor; a product of two activations is alone", () => {
    const layer = (node: string, kind: Layer["kind"], ...operands: string[]): Layer => ({
      node,
      kind,
      operands,
      output: `${node}_out`,
      groups: 1,
      padded: false,
    });
    const layers = [
      layer("query", "linear", "x"),
      layer("scores", "product", "x", "z"),
      layer("key", "linear", "x"),
      layer("square", "product", "x", "x"),
      layer("conv", "convolution", "u"),
      layer("value", "linear", "x"),
    ];
    expect(layerGroups(layers).map((group) => group.map(({ node }) => node))).toEqual([["query", "key", "value"], ["scores"], ["square"], ["conv"]]);
    expect(layerGroups([])).toEqual([]);
  });
});
