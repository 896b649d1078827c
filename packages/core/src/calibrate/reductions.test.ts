import { describe, expect, it } from "vitest";
import { int, ints, type Model } from "../ir/index.ts";
import { dataTypeOf, writeModel } from "../onnx/index.ts";
import type { Tensor } from "../spec/index.ts";
import { buildModel } from "../testing/build-model.ts";
import { createCalibrator } from "./calibrator.ts";
import { collect, countingBackend, observeReduction, observeValues, randomTensor, sourceOf } from "./fixtures/calibrated.ts";
import { observeChannelExtremes } from "./observe-channel-extremes.ts";
import { observeExtremes } from "./observe-extremes.ts";

const pads = { pads: ints([1, 1, 1, 1]) };

/** Tensors in blocked and in plain layout, of every rank, with and without a known sign. */
const network = (batch: number | string = "batch", size: number | string = "size"): Model =>
  buildModel({ inputs: { image: [batch, 3, size, size], flag: [] } }, (b, { image, flag }) => {
    const wide = b.op("Conv", [image, b.random([32, 3, 3, 3]), b.random([32])], pads, "wide");
    const rectified = b.op("Relu", [wide], {}, "rectified");
    const capped = b.op(
      "Clip",
      [b.op("Conv", [rectified, b.random([32, 1, 3, 3])], { ...pads, group: int(32) }), b.constant([0], []), b.constant([6], [])],
      {},
      "capped",
    );
    const odd = b.op("Conv", [capped, b.random([24, 32, 1, 1])], {}, "odd");
    const back = b.op("Conv", [odd, b.random([32, 24, 1, 1])], {}, "back");
    const sum = b.op("Add", [back, capped], {}, "sum");
    const pooled = b.op("MaxPool", [sum], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "pooled");
    const joined = b.op(
      "Concat",
      [pooled, b.op("AveragePool", [sum], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, "averaged")],
      { axis: int(1) },
      "joined",
    );
    const tokens = b.op("Transpose", [b.op("Reshape", [joined, b.int64([0, 64, -1])])], { perm: ints([0, 2, 1]) }, "tokens");
    const queries = b.op("MatMul", [tokens, b.random([64, 64])], {}, "queries");
    const scores = b.op("MatMul", [queries, b.op("Transpose", [tokens], { perm: ints([0, 2, 1]) })], {}, "scores");
    const attention = b.op("Softmax", [b.op("Mul", [scores, b.constant([0.001], [])], {}, "scaled")], {}, "attention");
    const mixed = b.op("MatMul", [attention, tokens], {}, "mixed");
    const half = b.op("Cast", [mixed], { to: int(dataTypeOf("float16")) }, "half");
    const mean = b.op("ReduceMean", [mixed, b.int64([1])], { keepdims: int(0) }, "mean");
    const total = b.op("Add", [b.op("ReduceSum", [mean], { keepdims: int(0) }, "total"), flag], {}, "flagged");
    return { mean, half: b.op("Cast", [half], { to: int(1) }), total };
  });

const feeds = (batch: number, size: number, seed: number) => ({ image: randomTensor([batch, 3, size, size], seed), flag: randomTensor([], seed) });
const tensors = [
  "image",
  "flag",
  "wide_out",
  "rectified_out",
  "capped_out",
  "odd_out",
  "back_out",
  "sum_out",
  "pooled_out",
  "averaged_out",
  "joined_out",
].concat(["tokens_out", "queries_out", "scores_out", "attention_out", "mixed_out", "half_out", "total"]);
const nonNegative = new Set(["rectified_out", "capped_out", "attention_out"]);

function halves(tensor: Tensor): Float32Array {
  if (tensor.dtype !== "float16") return tensor.data as Float32Array;
  return Float32Array.from(tensor.data as Uint16Array, (bits) => {
    const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
    return exponent ? sign * (1 + fraction / 1024) * 2 ** (exponent - 15) : sign * fraction * 2 ** -24;
  });
}

/** Adding nodes changes what the runtime fuses, so sums are rounded in another order. */
const closeTo = (value: number, expected: number): void => expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(expected)));

const situations = [
  ["one size, batch 1", "batch", 32, [feeds(1, 32, 1), feeds(1, 32, 2)]],
  ["one size, batches of 1 to 3", "batch", 32, [feeds(1, 32, 3), feeds(3, 32, 4), feeds(2, 32, 5)]],
  ["sizes that change", "batch", "size", [feeds(1, 16, 6), feeds(1, 40, 7), feeds(2, 8, 8)]],
] as const;

describe("extremes", () => {
  it.each(situations)("are those of the values: %s", async (_, batch, size, samples) => {
    const statistics = await collect(network(batch, size), samples, [...tensors.map(observeExtremes), ...tensors.map(observeValues)]);
    for (const name of tensors) {
      const values = statistics.get(observeValues(name)).map(halves);
      const { min, max } = statistics.get(observeExtremes(name));
      closeTo(max, Math.max(...values.map((each) => each.reduce((a, b) => Math.max(a, b)))));
      closeTo(min, nonNegative.has(name) ? 0 : Math.min(...values.map((each) => each.reduce((a, b) => Math.min(a, b)))));
    }
  });

  it.each(situations)("per channel are those of the slices: %s", async (_, batch, size, samples) => {
    const sliced = [
      ["image", 1],
      ["capped_out", 1],
      ["odd_out", 1],
      ["sum_out", 1],
      ["sum_out", -3],
      ["tokens_out", 2],
      ["queries_out", -1],
      ["mean", 1],
      ["half_out", 2],
    ] as const;
    const statistics = await collect(network(batch, size), samples, [
      ...sliced.map(([name, axis]) => observeChannelExtremes(name, axis)),
      ...sliced.map(([name]) => observeExtremes(name)),
      ...sliced.map(([name]) => observeValues(name)),
    ]);
    for (const [name, axis] of sliced) {
      const ranges = statistics.get(observeChannelExtremes(name, axis));
      const seen = statistics.get(observeValues(name));
      const position = axis < 0 ? axis + seen[0]!.shape.length : axis;
      expect(ranges).toHaveLength(seen[0]!.shape[position]!);
      const expected = ranges.map(() => ({ min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }));
      for (const tensor of seen) {
        const inner = tensor.shape.slice(position + 1).reduce((a, b) => a * b, 1);
        halves(tensor).forEach((value, index) => {
          const range = expected[Math.floor(index / inner) % ranges.length]!;
          range.min = Math.min(range.min, value);
          range.max = Math.max(range.max, value);
        });
      }
      ranges.forEach(({ min, max }, channel) => {
        closeTo(max, expected[channel]!.max);
        closeTo(min, nonNegative.has(name) ? 0 : expected[channel]!.min);
      });
    }
  });

  it("need few outputs", async () => {
    const { counts, backend } = countingBackend();
    const samples = [feeds(1, 32, 1), feeds(1, 32, 2)];
    const model = network("batch", 32);
    await collect(model, samples, []);
    await createCalibrator().collect(writeModel(model), sourceOf(samples), tensors.map(observeExtremes), backend);
    expect(counts.fetched.at(-1)).toBeLessThanOrEqual(6);
    expect(counts.disposed).toBe(counts.opened);
  });
});

describe("samples", () => {
  it.each(situations)("are values of the tensor, at most as many as asked, all of a small one: %s", async (_, batch, size, samples) => {
    const count = 300;
    const sampled = (name: string) => observeReduction(name, { kind: "samples", count });
    const statistics = await collect(network(batch, size), samples, [...tensors.map(sampled), ...tensors.map(observeValues)]);
    for (const name of tensors) {
      const values = statistics.get(observeValues(name)).map(halves);
      statistics.get(sampled(name)).forEach(({ data, shape }, sample) => {
        const all = values[sample]!;
        expect(shape).toEqual([data.length]);
        expect(data.length).toBeLessThanOrEqual(count);
        if (all.length <= count && samples[0]!.image.shape[2] === samples[sample]!.image.shape[2] && samples[sample]!.image.shape[0] === 1)
          expect(data.length).toBe(all.length);
        const sorted = all.slice().sort();
        for (const value of data as Float32Array) closeTo(value, nearest(sorted, value));
      });
    }
  });

  it("see every channel and, sample by sample, every position", async () => {
    const model = buildModel({ inputs: { tokens: [1, 50, 16] } }, (b, { tokens }) => ({ y: b.op("Mul", [tokens, b.constant([1], [])], {}, "scaled") }));
    const data = Float32Array.from({ length: 800 }, (_, index) => index);
    const samples = Array.from({ length: 8 }, () => ({ tokens: { dtype: "float32" as const, shape: [1, 50, 16], data } }));
    const sampled = observeReduction("tokens", { kind: "samples", count: 128 });
    const seen = (await collect(model, samples, [sampled])).get(sampled);
    for (const { data } of seen) expect(new Set([...(data as Float32Array)].map((index) => index % 16)).size).toBe(16);
    expect(new Set(seen.flatMap(({ data }) => [...(data as Float32Array)])).size).toBe(800);
  });
});

function nearest(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  const [below, above] = [sorted[Math.max(low - 1, 0)]!, sorted[low]!];
  return Math.abs(below - value) < Math.abs(above - value) ? below : above;
}
