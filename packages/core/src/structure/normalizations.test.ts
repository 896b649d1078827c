import { describe, expect, it } from "vitest";
import { float, int, ints, type Value } from "../ir/index.ts";
import { buildModel, type GraphBuilder } from "../testing/build-model.ts";
import { conv, groupNorm, layerNorm, linear, reshape, transpose } from "./fixtures/layers.ts";
import { recognized } from "./fixtures/recognized.ts";

const found = (build: (b: GraphBuilder, x: Value) => Value, shape: readonly (number | string)[] = [1, 6, 8]) =>
  recognized(buildModel({ inputs: { x: shape } }, (b, { x }) => ({ y: build(b, x) }))).then(({ normalizations }) => normalizations);

/** As exporters below operator set 17 write it. */
function writtenOut(b: GraphBuilder, x: Value, channels: number): Value {
  const mean = (value: Value) => b.op("ReduceMean", [value, b.int64([-1])]);
  const centred = b.op("Sub", [x, mean(x)]);
  const deviation = b.op("Sqrt", [b.op("Add", [mean(b.op("Pow", [centred, b.constant([2], [])])), b.constant([1e-5], [])])]);
  return b.op("Add", [b.op("Mul", [b.op("Div", [centred, deviation]), b.random([channels])]), b.random([channels])]);
}

describe("LayerNorm", () => {
  it("has scale, shift and the products that read it", async () => {
    const sites = await found((b, x) => {
      const normed = layerNorm(b, x, 8, "norm");
      return b.op("Add", [linear(b, normed, [8, 8], "left"), linear(b, normed, [8, 8], "right")]);
    });
    expect(sites).toEqual([
      {
        node: "norm",
        kind: "layer",
        input: "x",
        output: "norm_out",
        channelAxis: 2,
        scale: { node: "norm", input: 1 },
        shift: { node: "norm", input: 2 },
        linears: ["left", "right"],
      },
    ]);
  });

  it("is the same written out", async () => {
    const [site] = await found((b, x) => linear(b, writtenOut(b, x, 8), [8, 4], "next"));
    expect(site).toMatchObject({ kind: "layer", input: "x", channelAxis: 2, scale: { input: 1 }, shift: { input: 2 }, linears: ["next"] });
  });

  it("stays written out over an image's channels, and is found as well", async () => {
    const [site] = await found(
      (b, x) => {
        const mean = (value: Value) => b.op("ReduceMean", [value, b.int64([1])]);
        const centred = b.op("Sub", [x, mean(x)]);
        const deviation = b.op("Sqrt", [b.op("Add", [mean(b.op("Mul", [centred, centred])), b.constant([1e-6], [])])]);
        const scaled = b.op("Mul", [b.random([8, 1, 1]), b.op("Div", [centred, deviation])], {}, "scale");
        return conv(b, b.op("Add", [scaled, b.random([8, 1, 1])], {}, "shift"), [4, 8], "next");
      },
      [1, 8, 4, 4],
    );
    expect(site).toEqual({
      node: "shift",
      kind: "layer",
      input: "x",
      output: "shift_out",
      channelAxis: 1,
      scale: { node: "scale", input: 0 },
      shift: { node: "shift", input: 1 },
      linears: ["next"],
    });
  });

  it("is RMSNorm without the mean", async () => {
    const [site] = await found((b, x) => {
      const square = b.op("ReduceMean", [b.op("Mul", [x, x]), b.int64([-1])]);
      const root = b.op("Sqrt", [b.op("Add", [square, b.constant([1e-6], [])])]);
      return linear(b, b.op("Mul", [b.op("Div", [x, root]), b.random([8])], {}, "scale"), [8, 4], "next");
    });
    expect(site).toEqual({
      node: "scale",
      kind: "rms",
      input: "x",
      output: "scale_out",
      channelAxis: 2,
      scale: { node: "scale", input: 1 },
      linears: ["next"],
    });
  });

  it("reaches products through what keeps the channels one whole axis", async () => {
    const pairs: Readonly<Record<string, (b: GraphBuilder, normed: Value) => Value>> = {
      "back to an image, 1x1 Conv": (b, normed) => conv(b, reshape(b, transpose(b, normed, [0, 2, 1]), [1, 8, 2, 3]), [4, 8], "next"),
      "a new axis, 1x1 Conv": (b, normed) => conv(b, transpose(b, reshape(b, normed, [0, 1, -1, 8]), [0, 3, 1, 2]), [4, 8], "next"),
      "one token, Gemm": (b, normed) => {
        const token = b.op("Gather", [normed, b.constant({ dtype: "int64", shape: [], data: BigInt64Array.of(0n) })], { axis: int(1) });
        return b.op("Gemm", [token, b.random([5, 8]), b.random([5])], { transB: int(1) }, "next");
      },
      "windows, MatMul": (b, normed) => linear(b, reshape(b, transpose(b, reshape(b, normed, [1, 2, 3, 8]), [0, 2, 1, 3]), [3, 2, 8]), [8, 4], "next"),
      "some tokens, MatMul": (b, normed) => linear(b, b.op("Slice", [normed, b.int64([1]), b.int64([4]), b.int64([1])]), [8, 4], "next"),
    };
    for (const [pair, write] of Object.entries(pairs)) {
      expect((await found((b, x) => write(b, layerNorm(b, x, 8, "norm"))))[0]!.linears, pair).toEqual(["next"]);
    }
  });

  it("follows the channels of an image of unknown size", async () => {
    const [site] = await found(
      (b, x) => conv(b, transpose(b, reshape(b, layerNorm(b, x, 8, "norm"), [0, 1, -1, 8]), [0, 3, 1, 2]), [4, 8], "next"),
      ["batch", "tokens", 8],
    );
    expect(site!.linears).toEqual(["next"]);
  });

  it("has no pairs where anything else reads it, or the channels are no longer one axis", async () => {
    const others: Readonly<Record<string, (b: GraphBuilder, normed: Value) => Value>> = {
      "a residual": (b, normed) => b.op("Add", [normed, linear(b, normed, [8, 8], "next")]),
      "an activation": (b, normed) => linear(b, b.op("Relu", [normed]), [8, 8], "next"),
      "heads before the product": (b, normed) => linear(b, reshape(b, normed, [1, 6, 2, 4]), [4, 4], "next"),
      "a sum over tokens": (b, normed) => linear(b, transpose(b, normed, [0, 2, 1]), [6, 4], "next"),
      "a padded convolution": (b, normed) => conv(b, reshape(b, transpose(b, normed, [0, 2, 1]), [1, 8, 2, 3]), [4, 8], "next", { kernel: 3, pad: 1 }),
      "a depthwise convolution": (b, normed) => conv(b, reshape(b, transpose(b, normed, [0, 2, 1]), [1, 8, 2, 3]), [8, 1], "next", { group: 8 }),
      "some of the channels": (b, normed) => linear(b, b.op("Slice", [normed, b.int64([0]), b.int64([4]), b.int64([2])]), [4, 4], "next"),
    };
    for (const [other, write] of Object.entries(others)) {
      expect((await found((b, x) => write(b, layerNorm(b, x, 8, "norm"))))[0]!.linears, other).toEqual([]);
    }
    const output = buildModel({ inputs: { x: [1, 6, 8] } }, (b, { x }) => {
      const normed = layerNorm(b, x, 8, "norm");
      return { features: normed, y: linear(b, normed, [8, 4], "next") };
    });
    expect((await recognized(output)).normalizations[0]!.linears).toEqual([]);
  });

  it("does not mind who asks for its size", async () => {
    const [site] = await found(
      (b, x) => {
        const normed = layerNorm(b, x, 8, "norm");
        const sizes = b.op("Concat", [b.op("Slice", [b.op("Shape", [normed]), b.int64([0]), b.int64([1])]), b.int64([-1, 2])], { axis: int(0) });
        return b.op("Reshape", [linear(b, normed, [8, 4], "next"), sizes]);
      },
      ["batch", 6, 8],
    );
    expect(site!.linears).toEqual(["next"]);
  });

  it("has no scale per channel over several axes", async () => {
    const [site] = await found((b, x) => b.op("LayerNormalization", [x, b.random([6, 8]), b.random([6, 8])], { axis: int(1), epsilon: float(1e-5) }, "norm"));
    expect(site).not.toHaveProperty("scale");
    expect(site).not.toHaveProperty("shift");
  });
});

describe("norms of images", () => {
  const image = [1, 8, 4, 4];

  it("are found as Reshape, InstanceNormalization, Reshape, Mul, Add, with 1x1 convolutions behind", async () => {
    const [site, ...others] = await found((b, x) => conv(b, groupNorm(b, b.op("Relu", [x], {}, "relu"), [8, 4, 4], "norm"), [4, 8], "next"), image);
    expect(others).toEqual([]);
    expect(site).toEqual({
      node: "norm_shift",
      kind: "group",
      input: "relu_out",
      output: "norm_shift_out",
      channelAxis: 1,
      scale: { node: "norm_scale", input: 1 },
      shift: { node: "norm_shift", input: 1 },
      linears: ["next"],
    });
  });

  it("are found as one operator", async () => {
    const norm = (op: string, attributes: Parameters<GraphBuilder["op"]>[2]) =>
      found((b, x) => conv(b, b.op(op, [x, b.random([8]), b.random([8])], attributes, "norm"), [4, 8], "next"), image);
    const site = { node: "norm", input: "x", channelAxis: 1, scale: { node: "norm", input: 1 }, shift: { node: "norm", input: 2 }, linears: ["next"] };
    expect(await norm("GroupNormalization", { num_groups: int(1) })).toEqual([{ ...site, kind: "group", output: "norm_out" }]);
    expect(await norm("InstanceNormalization", {})).toEqual([{ ...site, kind: "instance", output: "norm_out" }]);
  });

  it("lose the channels in a strided view", async () => {
    const [site] = await found((b, x) => {
      const patches = transpose(b, reshape(b, groupNorm(b, x, [8, 4, 4], "norm"), [16, 2, 2, 2]), [0, 2, 1, 3]);
      return b.op("Conv", [reshape(b, patches, [1, 16, 2, 4]), b.random([4, 16, 1, 1])], { kernel_shape: ints([1, 1]) }, "next");
    }, image);
    expect(site!.linears).toEqual([]);
  });
});
