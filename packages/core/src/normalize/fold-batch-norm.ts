import type { Node } from "../ir/index.ts";
import { affineOfBatchNorm } from "./channel-affine.ts";
import { checkFoldBack, foldBack } from "./fold-channels.ts";
import { linearOperatorOf } from "./linear-operator.ts";
import { type Rule, refused } from "./rule.ts";

/** BatchNormalization behind Conv, ConvTranspose or Gemm becomes part of their weights (Jacob et al. 2018, section 3.2). */
export const foldBatchNorm: Rule<Node> = {
  name: "fold-batch-norm",
  scope: "main-graph",
  match: (node) => (node.op === "BatchNormalization" && node.domain === "" ? node : undefined),
  check: (node) => {
    if (node.int("training_mode", 0) === 1) return refused("it is in training mode");
    const producer = node.inputs[0]?.producer;
    const linear = linearOperatorOf(producer);
    if (!producer || !linear) return refused(`${producer ? `${producer.op} ${producer.name}` : "the value"} before it has no constant weight to fold into`);
    if (producer.op === "MatMul") return refused("MatMul answers in its last axis, BatchNormalization works on the second");
    const affine = affineOfBatchNorm(node, linear.channels);
    return affine ? checkFoldBack(linear, node, affine) : refused(`its parameters are no constants of ${linear.channels} channels`);
  },
  rewrite: (node) => {
    const linear = linearOperatorOf(node.inputs[0]!.producer)!;
    foldBack(linear, node.outputs[0]!, affineOfBatchNorm(node, linear.channels)!);
  },
};
