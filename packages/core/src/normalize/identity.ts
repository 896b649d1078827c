import type { Node } from "../ir/index.ts";
import { bypass, checkBypass } from "./bypass.ts";
import type { Rule } from "./rule.ts";

export const removeIdentity: Rule<Node> = {
  name: "remove-identity",
  scope: "every-graph",
  match: (node) => (node.op === "Identity" && node.domain === "" ? node : undefined),
  check: checkBypass,
  rewrite: bypass,
};
