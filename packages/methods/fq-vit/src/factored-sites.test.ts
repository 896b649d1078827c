import { type AffineEncoding, int, ints, type Model, plan, type QuantPlan, seededRandom, writeModel } from "@halftone/core";
import { buildModel, floats, type GraphBuilder } from "@halftone/core/testing";
import { nodeBackend, nodeTarget } from "@halftone/node";
import { expect, it } from "vitest";
import { sourceOf } from "./fixtures/transformer.ts";
import { fqVit } from "./index.ts";

type Value = ReturnType<GraphBuilder["constant"]>;

const target = await nodeTarget();
const channels = 8;
const gains = [32, 1, 1, 2, 3, 1, 6, 12];

async function planOf(model: Model, shape: readonly number[]): Promise<QuantPlan> {
  const random = seededRandom(8);
  const size = shape.reduce((product, each) => product * each, 1);
  const feeds = Array.from({ length: 4 }, () => ({
    x: floats(
      shape,
      Array.from({ length: size }, () => 2 * random() - 1),
    ),
  }));
  return plan({ model: writeModel(model), source: sourceOf(feeds), method: fqVit(), backend: nodeBackend(), target, config: { scope: "full" } });
}

const norm = (b: GraphBuilder, value: Value): Value => b.op("LayerNormalization", [value, b.random([channels]), b.random([channels])], {}, "norm");
const linear = (b: GraphBuilder, value: Value, name: string): Value => b.op("MatMul", [value, b.random([channels, 4], `${name}_w`)], {}, name);
const exponents = ({ scale }: AffineEncoding): number[] => scale.map((each) => Math.log2(each / Math.min(...scale)));

it("lets a product read one scale of what a normalization reads with several", async () => {
  const model = buildModel({ inputs: { x: [5, channels] } }, (b, { x }) => {
    const value = b.op("Mul", [x, b.constant(gains)], {}, "spread");
    return { y: linear(b, norm(b, value), "behind"), z: linear(b, value, "beside") };
  });
  const { encodings, operands, nodes } = await planOf(model, [5, channels]);
  expect(encodings.spread_out!.axis).toBe(1);
  expect(exponents(encodings.spread_out!)).toEqual([3, 0, 0, 0, 0, 0, 1, 2]);
  expect(operands!.spread_out!.encoding).toMatchObject({ kind: "affine", scale: [expect.any(Number)] });
  expect(nodes.beside).toEqual({ mode: "integer" });
});

it("gives tensors that are stored together one encoding where they have the same channels", async () => {
  const model = buildModel({ inputs: { x: [5, channels] } }, (b, { x }) => {
    const parts = ["left", "right"].map((name) => b.op("Mul", [x, b.constant(gains)], {}, name));
    return { y: linear(b, norm(b, b.op("Concat", parts, { axis: int(0) }, "joined")), "behind") };
  });
  const { encodings } = await planOf(model, [5, channels]);
  expect(encodings.joined_out!.axis).toBe(1);
  expect(encodings.left_out).toEqual(encodings.joined_out);
  expect(encodings.right_out).toEqual(encodings.joined_out);
});

it("keeps one scale where channels move, and says so", async () => {
  const model = buildModel({ inputs: { x: [1, channels, 3, 3] } }, (b, { x }) => {
    const convolved = b.op("Conv", [x, b.random([channels, channels, 1, 1])], {}, "conv");
    const tokens = b.op("Transpose", [b.op("Reshape", [convolved, b.int64([1, channels, 9])], {}, "flat")], { perm: ints([0, 2, 1]) }, "tokens");
    return { y: linear(b, norm(b, tokens), "behind") };
  });
  const { encodings, notes, nodes } = await planOf(model, [1, channels, 3, 3]);
  expect(encodings.tokens_out!.axis).toBeUndefined();
  expect(notes).toEqual([expect.stringMatching(/^tokens_out .*conv_out/)]);
  expect(nodes.conv).toEqual({ mode: "integer" });
});
