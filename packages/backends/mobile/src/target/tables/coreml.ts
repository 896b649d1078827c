import { mobileRuntime, type ProviderTable } from "../provider-table.ts";
import { attribute, cite, constant, rank, rows, weighted } from "../rows.ts";

const page = "ONNX Runtime: CoreML Execution Provider, Supported operators (ML Program)";
/** DequantizeLinear is in neither list: the CPU provider runs it, and CoreML takes the weight as an input. */
const weights = cite(
  "ONNX Runtime: CoreML Execution Provider, Supported operators (no Q or DQ; the weight of Conv and MatMul need not be constant)",
  weighted([], ["int8", "uint8"], true),
);

const plain = [
  ...["Add", "ArgMax", "Cast", "Clip", "Concat", "Cos", "Ceil", "Div", "Elu", "Erf", "Exp", "Gelu", "GroupNormalization", "HardSigmoid", "Identity"],
  ...["InstanceNormalization", "LayerNormalization", "LeakyRelu", "Max", "Mul", "Pow", "PRelu", "Reciprocal", "ReduceSum", "ReduceMean", "ReduceMax"],
  ...["Relu", "Reshape", "Resize", "Round", "Shape", "Sin", "Softplus", "Sub", "Sigmoid", "Softmax", "Sqrt", "Squeeze", "Tanh", "Tile", "Transpose"],
  "Unsqueeze",
];

export const coremlTable: ProviderTable = {
  target: "mobile-coreml",
  provider: "CoreML",
  runtime: mobileRuntime,
  shapes: { known: "all", source: "ONNX Runtime: Making dynamic input shapes fixed (NNAPI and CoreML do not support dynamic input shapes)" },
  operators: {
    ...rows(plain, { float: true, source: page }),
    Conv: { float: true, integer: weights, needs: [rank(3, 4), constant(2)], source: page },
    MatMul: { float: true, integer: weights, source: page },
    ConvTranspose: { float: true, needs: [constant(1, 2)], source: page },
    Gemm: { float: true, needs: [constant(1)], source: page },
    ...rows(["AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool"], { float: true, needs: [rank(4)], source: page }),
    DepthToSpace: { float: true, source: page },
    GridSample: { float: true, needs: [rank(4), attribute("mode", ["linear"], "linear")], source: page },
    Slice: { float: true, needs: [constant(1, 2, 3, 4)], source: page },
    Split: { float: true, needs: [constant(1)], source: page },
    GatherND: { float: true, needs: [attribute("batch_dims", [0], 0)], source: page },
  },
  fusions: [
    {
      first: ["Conv"],
      next: ["Relu", "Sigmoid", "Tanh", "LeakyRelu", "Clip", "HardSigmoid"],
      form: "float",
      source: `${page}, com.microsoft:FusedConv`,
    },
  ],
  fallback: {
    to: "the CPU provider",
    operators: {},
    source: "ONNX Runtime: Model Usability Checker, Use with NNAPI and CoreML (unsupported groups of nodes run on the CPU)",
  },
};
