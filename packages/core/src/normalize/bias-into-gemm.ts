/**
 * MatMul of matrices and the Add of a bias become one Gemm. ONNX Runtime fuses them so by itself, before it looks for integer kernels, and has none for the
 * bias in float that it finds then.
 */
import type { Node, Value } from "../ir/index.ts";
import { constantOperand } from "./channel-affine.ts";
import { become, takeOver } from "./edit.ts";
import { accepted, type Rule, refused } from "./rule.ts";

interface Match {
  readonly product: Node;
  readonly sum: Node;
  readonly bias: Value;
}

export const biasIntoGemm: Rule<Match> = {
  name: "bias-into-gemm",
  scope: "main-graph",
  match: (sum) => {
    const operand = sum.op === "Add" ? constantOperand(sum) : undefined;
    const product = operand?.input.producer;
    if (!operand || product?.op !== "MatMul" || product.domain !== "" || operand.input.shape?.length !== 2) return undefined;
    const [data, weight] = product.inputs;
    const isMatrices = data?.shape?.length === 2 && weight?.content?.shape.length === 2;
    return isMatrices && operand.input.consumers.length === 1 && !operand.input.isOutput ? { product, sum, bias: operand.constant } : undefined;
  },
  check: ({ product, bias }) => {
    const { shape } = bias.content!;
    const outputs = product.inputs[1]!.content!.shape[1]!;
    const isVector = shape.length <= 2 && shape.every((dimension, axis) => dimension === 1 || (axis === shape.length - 1 && dimension === outputs));
    return isVector ? accepted : refused(`what is added to ${product.name} is not one number per output`);
  },
  rewrite: ({ product, sum, bias }) => {
    become(product, "Gemm", [...product.inputs, bias], {});
    takeOver(product, sum.outputs[0]!);
  },
};
