import { describe, expect, it } from "vitest";
import { type Attribute, float, int, ints, string, type Value } from "../../ir/index.ts";
import { buildModel, type GraphBuilder } from "../../testing/build-model.ts";
import { expectSameOutputs } from "../fixtures/same-on-runtime.ts";
import { upgradeOpset } from "./index.ts";

interface Case {
  readonly name: string;
  readonly opset: number;
  readonly build: (b: GraphBuilder, x: Value) => Readonly<Record<string, Value>>;
  readonly ulps?: number;
}

const square = (size: number, count = 2) => ints(Array.from({ length: count }, () => size));
const same = (where: "UPPER" | "LOWER"): Attribute => string(`SAME_${where}`);

/** Convolutions and pools in the forms whose wording changed between versions. */
const windows: readonly Case[] = [
  {
    name: "Conv",
    opset: 7,
    build: (b, x) => ({
      strided: b.op("Conv", [x, b.random([4, 2, 3, 3]), b.random([4])], { strides: square(2), pads: square(1, 4), group: int(2) }),
      padded: b.op("Conv", [x, b.random([4, 4, 3, 3])], { auto_pad: same("LOWER"), strides: square(2) }),
    }),
  },
  {
    name: "ConvTranspose",
    opset: 7,
    build: (b, x) => ({
      plain: b.op("ConvTranspose", [x, b.random([4, 2, 3, 3])], { strides: square(2), pads: square(1, 4), output_padding: square(1) }),
      upper: b.op("ConvTranspose", [x, b.random([4, 2, 3, 3])], { strides: square(2), auto_pad: same("UPPER") }),
      lower: b.op("ConvTranspose", [x, b.random([4, 2, 4, 4])], { strides: square(2), auto_pad: same("LOWER") }),
      shaped: b.op("ConvTranspose", [x, b.random([4, 2, 3, 3])], { strides: square(2), output_shape: ints([17, 20]) }),
    }),
  },
  ...[7, 10, 11].map((opset) => ({
    name: "AveragePool",
    opset,
    // ONNX Runtime computes version 19 with another kernel, which adds in another order.
    ulps: 2,
    build: (b: GraphBuilder, x: Value) => ({
      bare: b.op("AveragePool", [x], { kernel_shape: square(3) }),
      padded: b.op("AveragePool", [x], { kernel_shape: square(3), strides: square(2), pads: square(1, 4) }),
      counted: b.op("AveragePool", [x], { kernel_shape: square(3), strides: square(2), pads: square(1, 4), count_include_pad: int(1) }),
      upper: b.op("AveragePool", [x], { kernel_shape: square(2), strides: square(2), auto_pad: same("UPPER") }),
      ...(opset >= 10 && {
        ceiled: b.op("AveragePool", [x], { kernel_shape: square(3), strides: square(3), ceil_mode: int(1) }),
        counted_ceiled: b.op("AveragePool", [x], {
          kernel_shape: square(3),
          strides: square(2),
          pads: square(1, 4),
          ceil_mode: int(1),
          count_include_pad: int(1),
        }),
      }),
    }),
  })),
  {
    name: "MaxPool",
    opset: 8,
    build: (b, x) => {
      const [values, indices] = b.ops("MaxPool", 2, [x], { kernel_shape: square(3), strides: square(2), auto_pad: same("LOWER"), storage_order: int(1) });
      return { values: values!, indices: indices! };
    },
  },
  {
    name: "MaxPool",
    opset: 10,
    build: (b, x) => ({ y: b.op("MaxPool", [x], { kernel_shape: square(3), strides: square(2), dilations: square(2), ceil_mode: int(1) }) }),
  },
  { name: "LpPool", opset: 11, build: (b, x) => ({ y: b.op("LpPool", [x], { kernel_shape: square(3), strides: square(2), p: int(1) }) }) },
  {
    name: "global pools",
    opset: 7,
    build: (b, x) => ({ average: b.op("GlobalAveragePool", [x]), most: b.op("GlobalMaxPool", [x]), power: b.op("GlobalLpPool", [x], { p: int(3) }) }),
  },
];

const others: readonly Case[] = [
  {
    name: "normalization",
    opset: 7,
    build: (b, x) => ({
      lrn: b.op("LRN", [x], { size: int(3), alpha: float(1e-3) }),
      instance: b.op("InstanceNormalization", [x, b.random([4]), b.random([4])], { epsilon: float(1e-3) }),
      lp: b.op("LpNormalization", [x], { axis: int(1), p: int(1) }),
    }),
  },
  {
    name: "activations",
    opset: 7,
    build: (b, x) => ({
      leaky: b.op("LeakyRelu", [x], { alpha: float(0.2) }),
      slope: b.op("PRelu", [x, b.random([4, 1, 1])]),
      hard: b.op("HardSigmoid", [x], { alpha: float(1 / 6) }),
      elu: b.op("Elu", [x]),
      selu: b.op("Selu", [x]),
      soft: b.op("Softplus", [x]),
    }),
  },
  {
    name: "arithmetic",
    opset: 8,
    build: (b, x) => ({
      sum: b.op("Sum", [x, b.random([4, 1, 1]), x]),
      most: b.op("Max", [x, b.random([9])]),
      mean: b.op("Mean", [x, x, b.random([8, 1])]),
      power: b.op("Pow", [b.op("Abs", [x]), b.constant([1.5], [])]),
      compared: b.op("Less", [x, b.random([9])]),
      widened: b.op("Expand", [x, b.int64([3, 1, 4, 1, 1])]),
    }),
  },
  {
    name: "products",
    opset: 7,
    build: (b, x) => {
      const flat = b.op("Flatten", [x]);
      return {
        gemm: b.op("Gemm", [flat, b.random([5, 288]), b.random([5])], { transB: int(1), alpha: float(0.5) }),
        product: b.op("MatMul", [x, b.random([9, 5])]),
      };
    },
  },
  {
    name: "moves",
    opset: 9,
    build: (b, x) => ({
      deep: b.op("DepthToSpace", [x], { blocksize: int(2) }),
      wide: b.op("SpaceToDepth", [b.op("Pad", [x], { pads: ints([0, 0, 0, 0, 0, 0, 0, 1]) })], { blocksize: int(2) }),
      tiled: b.op("Tile", [x, b.int64([1, 2, 1, 3])]),
      gathered: b.op("Gather", [x, b.int64([3, 0, 1])], { axis: int(1) }),
      chosen: b.op("Where", [b.op("Greater", [x, b.constant([0], [])]), x, b.constant([9], [])]),
      best: b.op("ArgMax", [x], { axis: int(3), keepdims: int(0) }),
      reshaped: b.op("Reshape", [x, b.int64([0, -1, 3])]),
      joined: b.op("Concat", [x, x], { axis: int(2) }),
      cast: b.op("Cast", [x], { to: int(6) }),
    }),
  },
  {
    name: "quantization",
    opset: 10,
    build: (b, x) => {
      const zero = b.constant({ dtype: "uint8", shape: [], data: Uint8Array.of(100) });
      const scale = b.constant([0.017], []);
      return { y: b.op("DequantizeLinear", [b.op("QuantizeLinear", [x, scale, zero]), scale, zero]) };
    },
  },
  ...(["RNN", "GRU", "LSTM"] as const).map((op, index) => ({
    name: op,
    opset: 7,
    build: (b: GraphBuilder, x: Value) => {
      const gates = [1, 3, 4][index]!;
      const sequence = b.op("Reshape", [x, b.int64([4, 8, 9])]);
      const outputs = b.ops(op, 2, [sequence, b.random([1, gates * 5, 9]), b.random([1, gates * 5, 5]), b.random([1, gates * 10])], { hidden_size: int(5) });
      return { y: outputs[0]!, last: outputs[1]! };
    },
  })),
];

describe("operators that mean the same in every version", () => {
  it.each([...windows, ...others])("$name of $opset", async ({ opset, build, ulps = 0 }) => {
    const model = buildModel({ opset, inputs: { x: [1, 4, 8, 9] } }, (b, { x }) => build(b, x));
    const upgraded = await expectSameOutputs(model, upgradeOpset, { ulps });
    expect(upgraded.opsets.get("")).toBe(21);
  });
});
