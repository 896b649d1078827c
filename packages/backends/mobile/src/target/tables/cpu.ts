import type { OperatorSupport } from "@halftone/core";
import type { Cited } from "../provider-table.ts";
import { cite, elementwise, passThrough, weighted } from "../rows.ts";

const source = "probe of onnxruntime-node 1.30.0 (npm run probe -w packages/backends/node); ONNX Runtime: Quantize ONNX Models, Data type selection";

/**
 * int8 on the CPU provider, which is in every build of the runtime and takes what another provider leaves. S8S8 is what its
 * documentation recommends, and what shares its types with XNNPACK.
 */
export const cpuOperators: Readonly<Record<string, OperatorSupport & Cited>> = Object.fromEntries<OperatorSupport & Cited>([
  ["Conv", cite(source, weighted(["int8"], ["int8"], true))],
  ["Gemm", cite(source, { ...weighted(["int8"], ["int8"], true), floatOutput: true })],
  ["MatMul", cite(source, { ...weighted(["int8"], ["int8"], true), bothActivations: true, floatOutput: true })],
  ...["Add", "Mul", "LeakyRelu", "Sigmoid", "Softmax", "AveragePool", "GlobalAveragePool"].map((op) => [op, cite(source, elementwise(["int8"]))] as const),
  ["Resize", cite(source, { ...passThrough(["int8"]), where: { mode: "nearest" } })],
  ...["MaxPool", "ReduceMax", "Concat", "Split", "Slice", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Gather", "Expand", "Tile", "Where"].map(
    (op) => [op, cite(source, passThrough(["int8"]))] as const,
  ),
  ["DepthToSpace", cite(source, passThrough(["int8"]))],
]);
