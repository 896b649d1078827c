import { describe, expect, it } from "vitest";
import type { Model } from "../ir/index.ts";
import type { LayerSample, PartialPlan } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { activationEncoding } from "./fixtures/encodings.ts";
import { everyPosition } from "./fixtures/layer-error.ts";
import { expectClose, multiply, randomTensor, roundingOf } from "./fixtures/matrices.ts";
import { searchCase } from "./fixtures/search-case.ts";
import { shortcutOf } from "./shortcut.ts";

type Values = Parameters<Parameters<typeof buildModel>[1]>[1];
type Value = ReturnType<GraphBuilder["op"]>;

const tokens = (answer: (b: GraphBuilder, hidden: Value, sides: Values) => Value): Model =>
  buildModel({ inputs: { x: [2, 3, 6], side: [2, 3, 6] } }, (b, sides) => {
    const hidden = b.op("Tanh", [b.op("MatMul", [sides["x"]!, b.random([6, 6], "first_w")], {}, "first")], {}, "tanh");
    return { y: answer(b, hidden, sides) };
  });

const layer = (b: GraphBuilder, read: Value, name = "layer"): Value => b.op("MatMul", [read, b.random([6, 6], `${name}_w`)], {}, name);
const biased = (b: GraphBuilder, value: Value): Value => b.op("Add", [value, b.random([6])]);
const feeds = [{ x: randomTensor([2, 3, 6], 1), side: randomTensor([2, 3, 6], 2) }];

describe("the shortcut around a layer", () => {
  it.each<[string, string | undefined, Model]>([
    ["is what its product is added to", "tanh_out", tokens((b, hidden) => b.op("Add", [layer(b, hidden), hidden]))],
    ["is found behind the bias, on either side", "tanh_out", tokens((b, hidden) => b.op("Add", [hidden, biased(b, layer(b, hidden))]))],
    ["may be an input", "side", tokens((b, hidden, { side }) => b.op("Add", [layer(b, hidden), side!]))],
    ["is not a bias", undefined, tokens((b, hidden) => biased(b, layer(b, hidden)))],
    ["is not there behind another function", undefined, tokens((b, hidden) => b.op("Add", [b.op("Tanh", [layer(b, hidden)]), hidden]))],
    [
      "is not what only some read of it",
      undefined,
      tokens((b, hidden) => {
        const product = layer(b, hidden);
        return b.op("Mul", [b.op("Add", [product, hidden]), b.op("Tanh", [product])]);
      }),
    ],
    ["has the same shape", undefined, tokens((b, hidden) => b.op("Add", [layer(b, hidden), b.op("ReduceMean", [hidden], {})]))],
    [
      "is computed before the layer",
      undefined,
      tokens((b, hidden, { side }) => {
        const product = layer(b, hidden);
        return b.op("Add", [product, layer(b, side!, "other")]);
      }),
    ],
  ])("%s", async (_, expected, model) => {
    const { graph, runtime, layer: layerOf } = await searchCase(model, feeds);
    expect(shortcutOf(graph, layerOf("layer"))).toBe(expected);
    await runtime.dispose();
  });
});

describe("a sample with shortcuts", () => {
  const images = (): Model =>
    buildModel({ inputs: { x: ["n", 3, 5, 5] } }, (b, { x }) => {
      const conv = b.op("Conv", [x, b.random([4, 3, 1, 1], "first_w"), b.random([4])], {}, "first");
      const hidden = b.op("Relu", [conv], {}, "relu");
      return { y: b.op("Add", [b.op("Conv", [hidden, b.random([4, 4, 1, 1], "layer_w"), b.random([4])], {}, "layer"), hidden], {}, "sum") };
    });

  const upstream: PartialPlan = {
    encodings: {
      x: activationEncoding(-1, 1, 4),
      first_w: { kind: "affine", dtype: "int8", bits: 4, scale: [0.125], zeroPoint: [0] },
    },
  };

  it.each([
    ["tokens", tokens((b, hidden) => b.op("Add", [biased(b, layer(b, hidden)), hidden])), feeds],
    ["images", images(), [{ x: randomTensor([2, 3, 5, 5]) }]],
  ])("asks of the product what the shortcut lacks: %s", async (_, model, given) => {
    const { runtime, layer: layerOf } = await searchCase(model, given);
    const sample = async (options: object): Promise<LayerSample> => (await runtime.sample([layerOf("layer")], { ...everyPosition, ...options }))[0]!;
    const [float, plain, whole] = [await sample({ shortcuts: true }), await sample({ upstream }), await sample({ upstream, shortcuts: true })];
    expect(plain.reference.data, "nothing upstream, nothing lacking").toEqual(float.reference.data);
    // What the layer reads is the shortcut itself.
    const product = multiply(float.left, float.right);
    const lacking = (float.left.data as Float32Array).map((value, index) => value - (whole.left.data[index] as number));
    expect(lacking.some((value) => Math.abs(value) > 0.01)).toBe(true);
    expectClose(
      whole.reference.data as Float32Array,
      product.map((value, index) => value + lacking[index]!),
      roundingOf(6),
    );
    await runtime.dispose();
  });
});
