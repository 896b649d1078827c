// Written by "npm run probe -w packages/backends/web": what onnxruntime-web 1.30.0 does on machines of kind wasm.
import type { ProbedTable } from "@halftone/core/probing";

// biome-ignore format: one operator a line
export const wasmTable: ProbedTable = {
  runtime: "onnxruntime-web 1.30.0",
  machine: "wasm",
  operators: {
    Conv: { role: "weighted", activations: ["uint8", "int8"], weights: ["uint8", "int8"], perChannelWeights: true },
    Gemm: { role: "weighted", activations: ["uint8", "int8"], weights: ["uint8", "int8"], perChannelWeights: true, floatOutput: true },
    MatMul: { role: "weighted", activations: ["uint8", "int8"], weights: ["uint8", "int8"], perChannelWeights: true, bothActivations: true, floatOutput: true },
    Add: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Mul: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    LeakyRelu: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Sigmoid: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Softmax: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    AveragePool: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    GlobalAveragePool: { role: "elementwise", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Resize: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false, where: { mode: "nearest" } },
    MaxPool: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    ReduceMax: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Concat: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    Split: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Slice: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Reshape: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Flatten: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Transpose: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Squeeze: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Unsqueeze: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Gather: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Expand: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Tile: { role: "pass-through", activations: ["uint8", "int8", "uint16", "int16"], weights: [], perChannelWeights: false },
    Where: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
    DepthToSpace: { role: "pass-through", activations: ["uint8", "int8"], weights: [], perChannelWeights: false },
  },
  float: ["ConvTranspose", "Sub", "Div", "Relu", "Clip", "HardSigmoid", "HardSwish", "Tanh", "Gelu", "Erf", "Sqrt", "LayerNormalization", "InstanceNormalization", "GroupNormalization", "ReduceMean", "GlobalMaxPool", "Pad", "SpaceToDepth"],
};
