import type { Node } from "../ir/index.ts";
import { bypass, checkBypass } from "./bypass.ts";
import { scalarAffineOf } from "./channel-affine.ts";
import type { Rule } from "./rule.ts";

/** Multiplying by one and adding zero, with a constant that leaves the shape alone: swish with its slope of one, dropout at rate zero. */
export const removeNeutralArithmetic: Rule<Node> = {
  name: "remove-neutral-arithmetic",
  scope: "main-graph",
  match: (node) => (isNeutral(node) ? node : undefined),
  check: (node) => checkBypass(node, operandOf(node)),
  rewrite: (node) => bypass(node, operandOf(node)),
};

function operandOf(node: Node): number {
  return node.inputs.findIndex((input) => !input!.content);
}

function isNeutral(node: Node): boolean {
  const affine = scalarAffineOf(node);
  if (affine?.scale !== 1 || affine.shift !== 0) return false;
  const rank = Math.max(...node.inputs.map((input) => input!.content?.shape.length ?? 0));
  return rank === 0 || rank <= (affine.input.shape?.length ?? 0);
}
