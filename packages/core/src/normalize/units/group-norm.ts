/**
 * GroupNorm (Wu and He 2018) as exporters write it: the channels of a group laid out as one, InstanceNormalization over
 * them, the old shape, then a scale and a shift per channel.
 */
import type { Node, Value } from "../../ir/index.ts";
import { type Expansion, expand, isPolynomial } from "./polynomial.ts";
import { bestOf, type FoundUnit } from "./unit.ts";
import { above, isOp, onlyReader } from "./walk.ts";

/** GroupNormalization has no kernel of its own in ONNX Runtime and runs slower than these nodes, so none replaces them. */
export function groupNormAt(node: Node): FoundUnit | undefined {
  if (!isOp(node, "InstanceNormalization")) return undefined;
  const grouping = node.inputs[0]?.producer;
  const ungrouping = onlyReader(node.outputs[0]!);
  if (!isOp(grouping, "Reshape") || !isOp(ungrouping, "Reshape") || ungrouping.inputs[0] !== node.outputs[0]) return undefined;
  const unit = { kind: "group-norm", input: grouping.inputs[0]! } as const;
  const outputs = [...above(ungrouping.outputs[0]!)].reverse();
  return bestOf(
    outputs.flatMap((output) => {
      const affine = scaleAndShift(output, ungrouping.outputs[0]!);
      return affine ? [{ ...unit, nodes: new Set([grouping, node, ungrouping, ...affine.nodes]), output }] : [];
    }),
  );
}

function scaleAndShift(output: Value, normalized: Value): Expansion | undefined {
  const expansion = expand(output, { n: normalized }, []);
  const forms = [{ "c0*n": 1, c1: 1 }, { "c1*n": 1, c0: 1 }, { "c0*n": 1 }, { n: 1 }];
  return expansion && forms.some((form) => isPolynomial(expansion.polynomial, form)) ? expansion : undefined;
}
