import type { Node, Value } from "../../ir/index.ts";
import { become, removeDeadNodes } from "../edit.ts";
import { accepted, type Rule, refused } from "../rule.ts";
import { unitAt } from "./recognize.ts";
import { type FoundUnit, leakOf, type Vector } from "./unit.ts";

/** Puts the one operator that computes the same in the place of a unit, where ONNX has it and the runtime is as fast with it. */
export const fuseUnits: Rule<FoundUnit> = {
  name: "fuse-unit",
  scope: "main-graph",
  match: (node) => {
    const unit = unitAt(node);
    return unit?.replacement && unit;
  },
  check: (unit) => {
    if (unit.replacement && "obstacle" in unit.replacement) return refused(`${unit.kind} stays in parts: ${unit.replacement.obstacle}`);
    const leak = leakOf(unit);
    return leak ? refused(`${unit.kind} stays in parts: its inner value ${leak.name} is read elsewhere`) : accepted;
  },
  rewrite: ({ replacement, output, nodes }) => {
    if (!replacement || "obstacle" in replacement) return;
    const root = output.producer!;
    const inputs = replacement.inputs.map((input) => constantOf(root, input));
    become(root, replacement.op, inputs, replacement.attributes);
    removeDeadNodes([...nodes].filter((node) => node !== root));
  },
};

function constantOf(node: Node, input: Value | Vector): Value {
  return "data" in input ? node.graph.addConstant(input.name, { dtype: "float32", shape: input.shape, data: input.data }) : input;
}
