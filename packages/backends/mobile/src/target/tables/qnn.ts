import type { IntegerDtype } from "@halftone/core";
import { mobileRuntime, type ProviderTable } from "../provider-table.ts";
import { cite, elementwise, passThrough, rows, weighted } from "../rows.ts";

const page = "ONNX Runtime: QNN Execution Provider, Supported ONNX operators";
const types: readonly IntegerDtype[] = ["uint8", "uint16"];
const activations = "ONNX Runtime: QNN Execution Provider, Generating a quantized model (QNN operators typically support uint8 and uint16)";
const perChannel = "ONNX Runtime source: python/tools/quantization/execution_providers/qnn/quant_config.py, get_qnn_qdq_config, per_channel";
const integer = cite(activations, elementwise(types));
const moves = cite(activations, passThrough(types));

const arithmetic = [
  ...["Abs", "Add", "ArgMax", "ArgMin", "Asin", "Atan", "AveragePool", "BatchNormalization", "Clip", "Cos", "Div", "Elu", "Exp", "Floor", "Gelu"],
  ...["GlobalAveragePool", "GridSample", "HardSwish", "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "Log", "LogSoftmax"],
  ...["LpNormalization", "Max", "Min", "Mul", "Neg", "PRelu", "Pow", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "Relu", "Round", "Sigmoid"],
  ...["Sign", "Sin", "Softmax", "Sqrt", "Sub", "Tanh"],
];
const moving = [
  ...["Concat", "DepthToSpace", "Expand", "Flatten", "Gather", "MaxPool", "Pad", "ReduceMax", "Reshape", "Slice", "SpaceToDepth", "Split"],
  ...["Squeeze", "Tile", "Transpose", "Unsqueeze", "Where"],
];
const other = ["And", "Cast", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "Or", "TopK", "QuantizeLinear", "DequantizeLinear"];

export const qnnTable: ProviderTable = {
  target: "mobile-qnn",
  provider: "QNN",
  runtime: mobileRuntime,
  shapes: { known: "all", source: "ONNX Runtime: QNN Execution Provider, Model requirements" },
  operators: {
    ...rows(arithmetic, { float: true, integer, source: page }),
    ...rows(moving, { float: true, integer: moves, source: page }),
    ...rows(other, { float: true, source: page }),
    ...rows(["Conv", "ConvTranspose"], {
      float: true,
      integer: cite(`${activations}; one scale per channel: ${perChannel}`, weighted(types, ["uint8", "int8"], true)),
      source: page,
    }),
    Gemm: { float: true, integer: cite(activations, weighted(types, ["uint8"], false)), source: page },
    MatMul: {
      float: true,
      integer: cite(`${page} (uint8 by uint8, uint8 by uint16, uint16 by uint8)`, { ...weighted(types, ["uint8"], false), bothActivations: true }),
      source: page,
    },
    Resize: { float: true, integer: cite(activations, { ...passThrough(types), where: { mode: "nearest" } }), source: page },
  },
  fusions: [],
  fallback: {
    to: "the CPU provider",
    operators: {},
    source: "ONNX Runtime: QNN Execution Provider, session.disable_cpu_ep_fallback",
  },
};
