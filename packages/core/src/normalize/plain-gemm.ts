/** alpha A B + beta C with constant B and C: alpha goes into the weight, beta into the bias, which becomes a vector. Kernels on integers know no other form. */
import { biasOf, checkFoldable, type LinearOperator, linearOperatorOf, scaledWeight, setBias, setWeight } from "./linear-operator.ts";
import type { Rule } from "./rule.ts";

export const plainGemm: Rule<LinearOperator> = {
  name: "plain-gemm",
  scope: "main-graph",
  match: (node) => {
    const operator = node.op === "Gemm" ? linearOperatorOf(node) : undefined;
    const bias = node.inputs[2];
    if (!operator || (bias && !bias.content)) return undefined;
    const isVector = !bias || (bias.content!.shape.length === 1 && bias.content!.shape[0] === operator.channels);
    const isPlain = isVector && node.float("alpha", 1) === 1 && node.float("beta", 1) === 1;
    return isPlain ? undefined : operator;
  },
  check: checkFoldable,
  rewrite: (operator) => {
    const { node } = operator;
    const alpha = node.float("alpha", 1);
    setBias(operator, biasOf(operator));
    for (const factor of ["alpha", "beta"]) node.setAttribute(factor, undefined);
    if (alpha !== 1)
      setWeight(
        operator,
        scaledWeight(operator, () => alpha),
      );
  },
};
