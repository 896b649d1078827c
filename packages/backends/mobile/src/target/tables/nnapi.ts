import { mobileRuntime, type ProviderTable } from "../provider-table.ts";
import { attribute, cite, constant, elementwise, passThrough, rank, rows, weighted } from "../rows.ts";

const page = "ONNX Runtime: NNAPI Execution Provider, Supported ops";
const code = "ONNX Runtime source: core/providers/nnapi/nnapi_builtin/builders/helper.cc";
const groups = `${code}, GetQuantizedOpType`;
/** u8u8 or u8s8 for products, one scale per channel for Conv alone, uint8 for everything else. */
const types = `${code}, HasValidBinaryOpQuantizedInputTypes and HasValidQuantizationZeroPoints`;
const integer = cite(`${groups}; types: ${types}`, elementwise(["uint8"]));
const moves = cite(groups, passThrough(["uint8"]));

const plain = [
  ...["Abs", "Cast", "Clip", "Div", "Elu", "Exp", "Flatten", "Floor", "Identity", "Log", "Max", "Min", "Neg", "Pow", "PRelu", "Relu"],
  ...["Sigmoid", "Sin", "Slice", "Sqrt", "Squeeze", "Sub", "Tanh", "Unsqueeze", "QuantizeLinear", "DequantizeLinear"],
];

export const nnapiTable: ProviderTable = {
  target: "mobile-nnapi",
  provider: "NNAPI",
  runtime: mobileRuntime,
  shapes: { known: "all", source: "ONNX Runtime: Making dynamic input shapes fixed (NNAPI and CoreML do not support dynamic input shapes)" },
  operators: {
    ...rows(plain, { float: true, source: page }),
    Conv: {
      float: true,
      integer: cite(`${page} (QLinearConv); types: ${types}`, weighted(["uint8"], ["int8", "uint8"], true)),
      needs: [rank(4), constant(1, 2)],
      source: page,
    },
    Gemm: {
      float: true,
      integer: cite(`${groups}; types: ${types}`, weighted(["uint8"], ["int8", "uint8"], false)),
      needs: [rank(2)],
      source: page,
    },
    MatMul: {
      float: true,
      integer: cite(`${page} (QLinearMatMul); types: ${types}`, weighted(["uint8"], ["int8", "uint8"], false)),
      needs: [rank(2)],
      source: `${page}; two dimensions only: builders/impl/gemm_op_builder.cc, IsOpSupportedImpl`,
    },
    Add: { float: true, integer: cite(`${page} (QLinearAdd); types: ${types}`, elementwise(["uint8"])), source: page },
    Mul: { float: true, integer, source: page },
    AveragePool: {
      float: true,
      integer: cite(`${page} (QLinearAveragePool)`, elementwise(["uint8"])),
      needs: [rank(4)],
      source: page,
    },
    Softmax: { float: true, integer, source: page },
    ...rows(["Concat", "Reshape", "Transpose"], { float: true, integer: moves, source: page }),
    Resize: { float: true, integer: cite(groups, { ...passThrough(["uint8"]), where: { mode: "nearest" } }), needs: [rank(4)], source: page },
    ...rows(["MaxPool", "GlobalAveragePool", "GlobalMaxPool"], { float: true, needs: [rank(4)], source: page }),
    DepthToSpace: { float: true, needs: [attribute("mode", ["DCR"], "DCR")], source: page },
    Gather: { float: true, needs: [constant(1)], source: page },
    Pad: { float: true, needs: [attribute("mode", ["constant"], "constant")], source: page },
  },
  fusions: [],
  fallback: {
    to: "the CPU provider",
    operators: {},
    source: "ONNX Runtime: NNAPI Execution Provider, NNAPI_FLAG_CPU_DISABLED (execution falls back to ORT kernels)",
  },
};
