import { float, type Graph, int, ints, string, type Value } from "../ir/index.ts";
import { float32, int64, type OperatorProbe, op } from "./operator-model.ts";

const image = [1, 8, 6, 6];
const tokens = [1, 5, 8];
const unit = [0, 1] as const;

const unary =
  (name: string, attributes = {}): OperatorProbe["build"] =>
  (graph, [x]) => [op(graph, name, [x], attributes)];
const binary =
  (name: string): OperatorProbe["build"] =>
  (graph, [x, y]) => [op(graph, name, [x, y])];
const withIntegers =
  (name: string, ...lists: readonly (readonly number[])[]): OperatorProbe["build"] =>
  (graph, [x]) => [op(graph, name, [x, ...lists.map((values) => int64(graph, values))])];
const resize =
  (mode: string): OperatorProbe["build"] =>
  (graph, [x]) => [
    op(graph, "Resize", [x, undefined, float32(graph, [4], [1, 1, 2, 2])], {
      mode: string(mode),
      ...(mode === "nearest" ? { coordinate_transformation_mode: string("asymmetric"), nearest_mode: string("floor") } : {}),
    }),
  ];
const normalization =
  (name: string, length: number): OperatorProbe["build"] =>
  (graph, [x]) => {
    const ramp = Array.from({ length }, (_, index) => 0.5 + index / length);
    return [op(graph, name, [x, float32(graph, [length], ramp), float32(graph, [length], ramp)])];
  };
const product =
  (name: string, attributes = {}): OperatorProbe["build"] =>
  (graph, [x], weights) => [op(graph, name, [x, ...weights], attributes)];
const window = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) };

/** Everything vision and transformer models are made of. */
export const operatorProbes: readonly OperatorProbe[] = [
  {
    op: "Conv",
    role: "weighted",
    inputs: [image],
    weight: { shape: [12, 8, 3, 3], channelAxis: 0, bias: 12 },
    build: product("Conv", { pads: ints([1, 1, 1, 1]) }),
  },
  { op: "Conv", variant: "pointwise", role: "weighted", inputs: [image], weight: { shape: [12, 8, 1, 1], channelAxis: 0, bias: 12 }, build: product("Conv") },
  {
    op: "Conv",
    variant: "depthwise",
    role: "weighted",
    inputs: [image],
    weight: { shape: [8, 1, 3, 3], channelAxis: 0, bias: 8 },
    build: product("Conv", { group: int(8), pads: ints([1, 1, 1, 1]) }),
  },
  {
    op: "ConvTranspose",
    role: "weighted",
    inputs: [image],
    weight: { shape: [8, 12, 2, 2], channelAxis: 1, bias: 12 },
    build: product("ConvTranspose", { strides: ints([2, 2]) }),
  },
  { op: "Gemm", role: "weighted", inputs: [[5, 8]], weight: { shape: [12, 8], channelAxis: 0, bias: 12 }, build: product("Gemm", { transB: int(1) }) },
  { op: "Gemm", variant: "transB = 0", role: "weighted", inputs: [[5, 8]], weight: { shape: [8, 12], channelAxis: 1, bias: 12 }, build: product("Gemm") },
  { op: "MatMul", role: "weighted", inputs: [tokens], weight: { shape: [8, 12], channelAxis: 1 }, build: product("MatMul") },
  {
    op: "MatMul",
    variant: "two activations",
    role: "weighted",
    inputs: [
      [1, 2, 9, 64],
      [1, 2, 64, 9],
    ],
    build: binary("MatMul"),
  },

  { op: "Add", role: "elementwise", inputs: [image, image], build: binary("Add") },
  { op: "Mul", role: "elementwise", inputs: [image, image], build: binary("Mul") },
  { op: "Sub", role: "elementwise", inputs: [image, image], build: binary("Sub") },
  { op: "Div", role: "elementwise", inputs: [image, image], positive: true, build: binary("Div") },
  { op: "Relu", role: "elementwise", inputs: [image], build: unary("Relu") },
  { op: "Clip", role: "elementwise", inputs: [image], build: (graph, [x]) => [op(graph, "Clip", [x, float32(graph, [], [0]), float32(graph, [], [1.5])])] },
  { op: "LeakyRelu", role: "elementwise", inputs: [image], build: unary("LeakyRelu", { alpha: float(0.1) }) },
  { op: "Sigmoid", role: "elementwise", inputs: [image], bounds: unit, build: unary("Sigmoid") },
  { op: "HardSigmoid", role: "elementwise", inputs: [image], bounds: unit, build: unary("HardSigmoid") },
  { op: "HardSwish", role: "elementwise", inputs: [image], build: unary("HardSwish") },
  { op: "Tanh", role: "elementwise", inputs: [image], bounds: [-1, 1], build: unary("Tanh") },
  { op: "Gelu", role: "elementwise", inputs: [tokens], build: unary("Gelu") },
  { op: "Erf", role: "elementwise", inputs: [tokens], bounds: [-1, 1], build: unary("Erf") },
  { op: "Sqrt", role: "elementwise", inputs: [tokens], positive: true, build: unary("Sqrt") },
  { op: "Softmax", role: "elementwise", inputs: [tokens], bounds: unit, build: unary("Softmax", { axis: int(-1) }) },
  { op: "LayerNormalization", role: "elementwise", inputs: [tokens], build: normalization("LayerNormalization", 8) },
  { op: "InstanceNormalization", role: "elementwise", inputs: [image], build: normalization("InstanceNormalization", 8) },
  {
    op: "GroupNormalization",
    role: "elementwise",
    inputs: [image],
    build: (graph, [x]) => {
      const ramp = Array.from({ length: 8 }, (_, index) => 0.5 + index / 8);
      return [op(graph, "GroupNormalization", [x, float32(graph, [8], ramp), float32(graph, [8], ramp)], { num_groups: int(2) })];
    },
  },
  { op: "AveragePool", role: "elementwise", inputs: [image], build: unary("AveragePool", window) },
  { op: "GlobalAveragePool", role: "elementwise", inputs: [image], build: unary("GlobalAveragePool") },
  { op: "ReduceMean", role: "elementwise", inputs: [tokens], build: withIntegers("ReduceMean", [1]) },
  { op: "Resize", variant: "linear", where: { mode: "linear" }, role: "elementwise", inputs: [image], build: resize("linear") },

  { op: "MaxPool", role: "pass-through", inputs: [image], build: unary("MaxPool", window) },
  { op: "GlobalMaxPool", role: "pass-through", inputs: [image], build: unary("GlobalMaxPool") },
  { op: "ReduceMax", role: "pass-through", inputs: [tokens], build: withIntegers("ReduceMax", [1]) },
  { op: "Concat", role: "pass-through", inputs: [image, image], build: (graph, inputs) => [op(graph, "Concat", inputs, { axis: int(1) })] },
  {
    op: "Split",
    role: "pass-through",
    inputs: [image],
    build: (graph, [x]) => graph.addNode("Split", [x], { outputs: 2, attributes: { axis: int(1), num_outputs: int(2) } }).outputs.map((output) => output!),
  },
  { op: "Slice", role: "pass-through", inputs: [image], build: withIntegers("Slice", [1], [5], [2]) },
  { op: "Reshape", role: "pass-through", inputs: [image], build: withIntegers("Reshape", [1, -1]) },
  { op: "Flatten", role: "pass-through", inputs: [image], build: unary("Flatten") },
  { op: "Transpose", role: "pass-through", inputs: [image], build: unary("Transpose", { perm: ints([0, 2, 3, 1]) }) },
  { op: "Squeeze", role: "pass-through", inputs: [[1, 8, 1, 1]], build: withIntegers("Squeeze", [2, 3]) },
  { op: "Unsqueeze", role: "pass-through", inputs: [[1, 8]], build: withIntegers("Unsqueeze", [2]) },
  { op: "Resize", variant: "nearest", where: { mode: "nearest" }, role: "pass-through", inputs: [image], build: resize("nearest") },
  { op: "Pad", role: "pass-through", inputs: [image], build: (graph, [x]) => [op(graph, "Pad", [x, int64(graph, [0, 0, 1, 1, 0, 0, 1, 1])])] },
  {
    op: "Pad",
    variant: "edge",
    role: "pass-through",
    inputs: [image],
    build: (graph, [x]) => [op(graph, "Pad", [x, int64(graph, [0, 0, 1, 1, 0, 0, 1, 1])], { mode: string("edge") })],
  },
  { op: "Gather", role: "pass-through", inputs: [tokens], build: (graph, [x]) => [op(graph, "Gather", [x, int64(graph, [0, 3])], { axis: int(1) })] },
  { op: "Expand", role: "pass-through", inputs: [[1, 8]], build: withIntegers("Expand", [5, 8]) },
  { op: "Tile", role: "pass-through", inputs: [[1, 8]], build: withIntegers("Tile", [5, 2]) },
  { op: "Where", role: "pass-through", inputs: [image, image], build: (graph, [x, y]) => [op(graph, "Where", [alternating(graph), x, y])] },
  { op: "DepthToSpace", role: "pass-through", inputs: [image], build: unary("DepthToSpace", { blocksize: int(2) }) },
  { op: "SpaceToDepth", role: "pass-through", inputs: [image], build: unary("SpaceToDepth", { blocksize: int(2) }) },
];

function alternating(graph: Graph): Value {
  return graph.addConstant("condition", { dtype: "bool", shape: [1, 1, 6, 6], data: Uint8Array.from({ length: 36 }, (_, index) => index % 2) });
}
