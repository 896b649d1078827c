import { mobileRuntime, type ProviderTable } from "../provider-table.ts";
import { attribute, cite, constant, elementwise, lastAxis, passThrough, rank, rows, weighted } from "../rows.ts";
import { cpuOperators } from "./cpu.ts";

const page = "ONNX Runtime: XNNPACK Execution Provider, Supported ops";
const code = "ONNX Runtime source: core/providers/xnnpack";
/** Both operands are uint8 or both int8, and only int8 weights have one scale per channel: so int8. */
const types = `${code}/detail/utils.cc, GetTensorQuantType`;

export const xnnpackTable: ProviderTable = {
  target: "mobile-xnnpack",
  provider: "XNNPACK",
  runtime: mobileRuntime,
  shapes: { known: "all-but-batch", source: `${code}/nn/conv_base.cc and nn/average_pool.cc: channels, height and width must be known` },
  operators: {
    Conv: {
      float: true,
      integer: cite(`${page} (QLinearConv); types: ${types}`, weighted(["int8"], ["int8"], true)),
      needs: [rank(4), constant(1, 2)],
      source: page,
    },
    ConvTranspose: {
      float: true,
      integer: cite(`${page} (QLinearConvTranspose); types: ${types}`, weighted(["int8"], ["int8"], false)),
      needs: [rank(4), constant(1, 2)],
      source: page,
    },
    MaxPool: {
      float: true,
      integer: cite(`${code}/detail/utils.cc, GetQuantizedOpType; types: ${code}/nn/max_pool.cc`, passThrough(["int8"])),
      needs: [rank(4)],
      source: page,
    },
    Resize: {
      float: true,
      integer: cite(`${code}/detail/utils.cc, GetQuantizedOpType`, { ...elementwise(["int8"]), where: { mode: "linear" } }),
      needs: [rank(2, 4), attribute("mode", ["linear"], "nearest")],
      source: page,
    },
    // QLinearAveragePool and QLinearSoftmax take uint8 alone.
    AveragePool: { float: true, needs: [rank(4)], source: `${page}; uint8 only: ${code}/nn/average_pool.cc` },
    Softmax: { float: true, needs: [lastAxis], source: `${page}; uint8 only: ${code}/nn/softmax.cc` },
    ...rows(["Gemm", "MatMul"], { float: true, needs: [rank(2)], source: page }),
  },
  fusions: [
    {
      first: ["Conv", "MaxPool", "AveragePool"],
      next: ["Relu", "Clip"],
      form: "float",
      source: `${code}/detail/node_support_checker.cc, ClipReluChecker`,
    },
  ],
  fallback: {
    to: "the CPU provider",
    operators: cpuOperators,
    source: "ONNX Runtime: XNNPACK Execution Provider, Recommended configuration (operators that it does not support are handled by the CPU EP)",
  },
};
