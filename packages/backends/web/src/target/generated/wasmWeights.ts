// Written by "npm run probe -w packages/backends/web": what onnxruntime-web 1.30.0 does on machines of kind wasmWeights.
import type { ProbedTable } from "@halftone/core/probing";

// biome-ignore format: one operator a line
export const wasmWeightsTable: ProbedTable = {
  runtime: "onnxruntime-web 1.30.0",
  machine: "wasmWeights",
  operators: {
    Conv: { role: "weighted", activations: [], weights: ["int8", "uint8", "int4", "uint4"], perChannelWeights: true },
    ConvTranspose: { role: "weighted", activations: [], weights: ["int8", "uint8", "int4", "uint4"], perChannelWeights: true },
    Gemm: { role: "weighted", activations: [], weights: ["int8", "uint8", "int4", "uint4"], perChannelWeights: true },
    MatMul: { role: "weighted", activations: [], weights: ["int8", "uint8", "int4", "uint4"], perChannelWeights: true },
  },
  float: ["Add", "Mul", "Sub", "Div", "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Gelu", "Erf", "Sqrt", "Softmax", "LayerNormalization", "InstanceNormalization", "GroupNormalization", "AveragePool", "GlobalAveragePool", "ReduceMean", "Resize", "MaxPool", "GlobalMaxPool", "ReduceMax", "Concat", "Split", "Slice", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Pad", "Gather", "Expand", "Tile", "Where", "DepthToSpace", "SpaceToDepth"],
};
