import type { Node } from "../ir/index.ts";
import { bypass, checkBypass } from "./bypass.ts";
import { type Rule, refused } from "./rule.ts";

/** Dropout of operator set 12 and later; without `training_mode` it hands its input through. */
export const removeDropout: Rule<Node> = {
  name: "remove-dropout",
  scope: "every-graph",
  match: (node) => (node.op === "Dropout" && node.domain === "" ? node : undefined),
  check: (node) => {
    const trainingMode = node.inputs[2];
    if (trainingMode && trainingMode.constant?.data[0] !== 0) return refused(`its training_mode ${trainingMode.name} is not the constant false`);
    return checkBypass(node);
  },
  rewrite: bypass,
};
