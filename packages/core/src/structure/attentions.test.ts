import { describe, expect, it } from "vitest";
import { int, type Value } from "../ir/index.ts";
import type { Tensor } from "../spec/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { attention, conv, linear, reshape, separableLayer, transpose } from "./fixtures/layers.ts";
import { recognized } from "./fixtures/recognized.ts";

const [tokens, channels, heads, depth] = [6, 8, 2, 4];

type Triple = readonly [query: Value, key: Value, value: Value];

/** One projection of [1, tokens, 3 * channels], apart in some way. */
const splittings: Readonly<Record<string, (b: GraphBuilder, qkv: Value) => Triple>> = {
  "Split of the channels": (b, qkv) =>
    b
      .ops("Split", 3, [qkv, b.int64([8, 8, 8])], { axis: int(-1) })
      .map((part) => transpose(b, reshape(b, part, [1, tokens, heads, depth]), [0, 2, 1, 3])) as unknown as Triple,
  "Gather from a leading axis": (b, qkv) => {
    const leading = transpose(b, reshape(b, qkv, [1, tokens, 3, heads, depth]), [2, 0, 3, 1, 4]);
    const at = (index: number) => b.op("Gather", [leading, b.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(index)) })], { axis: int(0) });
    return [at(0), at(1), at(2)];
  },
  "Slice and Squeeze": (b, qkv) => {
    const leading = transpose(b, reshape(b, qkv, [1, tokens, 3, heads, depth]), [2, 0, 3, 1, 4]);
    const at = (index: number) => b.op("Squeeze", [b.op("Slice", [leading, b.int64([index]), b.int64([index + 1]), b.int64([0])]), b.int64([0])]);
    return [at(0), at(1), at(2)];
  },
};

/** What happens between the first product and the softmax. */
const scorings: Readonly<Record<string, (b: GraphBuilder, logits: Value) => Value>> = {
  nothing: (_, logits) => logits,
  "a division": (b, logits) => b.op("Div", [logits, b.constant([2], [])]),
  "a scale and a bias": (b, logits) => b.op("Add", [b.op("Mul", [b.constant([0.5]), logits]), b.random([1, heads, tokens, tokens])]),
  "windows and a mask": (b, logits) =>
    reshape(b, b.op("Add", [reshape(b, logits, [1, 1, heads, tokens, tokens]), b.random([1, 1, 1, tokens, tokens])]), [1, heads, tokens, tokens]),
  "a choice": (b, logits) => {
    const mask: Tensor = { dtype: "bool", shape: [1, 1, tokens, tokens], data: new Uint8Array(36).fill(1) };
    return b.op("Where", [b.constant(mask), logits, b.constant([-10000], [])]);
  },
};

function mixed(b: GraphBuilder, [query, key, value]: Triple, score: (b: GraphBuilder, logits: Value) => Value = (_, logits) => logits): Value {
  const logits = b.op("MatMul", [query, transpose(b, key, [0, 1, 3, 2])], {}, "logits");
  return b.op("MatMul", [b.op("Softmax", [score(b, logits)], { axis: int(-1) }, "softmax"), value], {}, "mix");
}

const found = (build: (b: GraphBuilder, x: Value) => Value, shape: readonly number[] = [1, tokens, channels]) =>
  recognized(buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: build(b, x) }))).then(({ attentions }) => attentions);

describe("attention as a product", () => {
  it.each(Object.keys(splittings))("is found behind one projection, apart by %s", async (splitting) => {
    const attentions = await found((b, x) => mixed(b, splittings[splitting]!(b, linear(b, x, [channels, 3 * channels], "qkv"))));
    expect(attentions).toEqual([
      { kind: "product", softmax: "softmax", scores: "softmax_out", mixed: "softmax_out", logits: "logits", mix: "mix", projections: ["qkv"], heads },
    ]);
  });

  it.each(Object.keys(scorings))("is found with %s in front of the softmax", async (scoring) => {
    const split = splittings["Split of the channels"]!;
    const attentions = await found((b, x) => mixed(b, split(b, linear(b, x, [channels, 3 * channels], "qkv")), scorings[scoring]));
    expect(attentions).toMatchObject([{ logits: "logits", mix: "mix", projections: ["qkv"] }]);
  });

  it("has up to three projections, and says how many heads it has only where the shape tells", async () => {
    expect(await found((b, x) => attention(b, x, { tokens, channels, heads }, "a"))).toMatchObject([
      { projections: ["a_query", "a_key", "a_value"], heads: 2 },
    ]);
    const single = await found((b, x) => {
      const [query, key, value] = ["query", "key", "value"].map((name) => linear(b, x, [channels, channels], name)) as unknown as Triple;
      const logits = b.op("MatMul", [query, transpose(b, key, [0, 2, 1])]);
      return b.op("MatMul", [b.op("Softmax", [logits], { axis: int(-1) }), value]);
    });
    expect(single).toMatchObject([{ projections: ["query", "key", "value"] }]);
    expect(single[0]).not.toHaveProperty("heads");
  });

  it("is found through rotary embeddings and norms of queries and keys, and scores that are turned before the mix", async () => {
    const attentions = await found((b, x) => {
      const head = (name: string) => transpose(b, reshape(b, linear(b, x, [channels, channels], name), [1, tokens, heads, depth]), [0, 2, 1, 3]);
      const turn = (value: Value) => {
        const [left, right] = b.ops("Split", 2, [value, b.int64([2, 2])], { axis: int(-1) }) as [Value, Value];
        const half = b.op("Concat", [b.op("Neg", [right]), left], { axis: int(-1) });
        return b.op("Add", [b.op("Mul", [value, b.random([tokens, depth])]), b.op("Mul", [half, b.random([tokens, depth])])]);
      };
      const norm = (value: Value) => b.op("LayerNormalization", [value, b.random([depth])], { axis: int(-1) });
      const logits = b.op("MatMul", [turn(norm(head("query"))), transpose(b, turn(norm(head("key"))), [0, 1, 3, 2])]);
      const scores = b.op("Softmax", [transpose(b, logits, [0, 1, 3, 2])], { axis: int(-2) }, "softmax");
      return b.op("MatMul", [transpose(b, scores, [0, 1, 3, 2]), head("value")]);
    });
    expect(attentions).toMatchObject([{ scores: "softmax_out", projections: ["query", "key", "value"] }]);
    expect(attentions[0]!.mixed).not.toBe("softmax_out");
  });

  it("names no projections where values are a sum of many", async () => {
    const attentions = await found((b, x) => {
      const stream = b.op("Add", [linear(b, x, [channels, channels], "left"), linear(b, x, [channels, channels], "right")]);
      const logits = b.op("MatMul", [stream, transpose(b, stream, [0, 2, 1])]);
      return b.op("MatMul", [b.op("Softmax", [logits], { axis: int(-1) }), stream]);
    });
    expect(attentions).toMatchObject([{ kind: "product", projections: [] }]);
  });

  it("is not a classifier's softmax, nor one that weights constants", async () => {
    expect(await found((b, x) => b.op("Softmax", [linear(b, x, [channels, 5], "head")], { axis: int(-1) }))).toEqual([]);
    expect(await found((b, x) => b.op("MatMul", [b.op("Softmax", [linear(b, x, [channels, 5], "head")], { axis: int(-1) }), b.random([5, 1])]))).toEqual([]);
  });
});

describe("separable attention", () => {
  it.each([false, true])("is found with the context spread: %s", async (spread) => {
    const attentions = await found((b, x) => separableLayer(b, x, [channels, 4, 9], "layer", spread), [1, channels, 4, 9]);
    expect(attentions).toEqual([{ kind: "separable", softmax: "layer_softmax", scores: "layer_softmax_out", projections: ["layer_qkv"] }]);
  });

  it("is not a choice among branches, which has a score for every channel", async () => {
    const attentions = await found(
      (b, x) => {
        const branches = reshape(b, conv(b, x, [2 * channels, channels], "branches"), [1, 2, channels, 4, 9]);
        const pooled = b.op("ReduceMean", [branches, b.int64([3, 4])], { keepdims: int(1) });
        const choice = reshape(b, conv(b, reshape(b, pooled, [1, 2 * channels, 1, 1]), [2 * channels, 2 * channels], "choice"), [1, 2, channels, 1, 1]);
        const chosen = b.op("Mul", [branches, b.op("Softmax", [choice], { axis: int(1) })]);
        return b.op("ReduceSum", [chosen, b.int64([1])], { keepdims: int(0) });
      },
      [1, channels, 4, 9],
    );
    expect(attentions).toEqual([]);
  });
});
