import type { Node } from "../ir/index.ts";
import { affineOfArithmetic, type ChannelAffine, constantOperand } from "./channel-affine.ts";
import { checkFoldBack, foldBack } from "./fold-channels.ts";
import { type LinearOperator, linearOperatorOf } from "./linear-operator.ts";
import type { Rule } from "./rule.ts";

interface Match {
  readonly node: Node;
  readonly linear: LinearOperator;
  readonly affine: ChannelAffine;
}

/** Mul, Div, Add and Sub by constants behind a convolution or a product: BatchNorm that an exporter took apart, learned scales, late biases. */
export const foldScaleShift: Rule<Match> = {
  name: "fold-scale-shift",
  scope: "main-graph",
  match: (node) => {
    const linear = linearOperatorOf(constantOperand(node)?.input.producer);
    const affine = linear && affineOfArithmetic(node, linear);
    // The Add behind a MatMul is its bias; there is nothing to fold.
    if (!linear || !affine || (linear.biasInput === undefined && node.op !== "Mul" && node.op !== "Div")) return undefined;
    return { node, linear, affine };
  },
  check: ({ node, linear, affine }) => checkFoldBack(linear, node, affine),
  rewrite: ({ node, linear, affine }) => foldBack(linear, node.outputs[0]!, affine),
};
