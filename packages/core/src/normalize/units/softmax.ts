/** Softmax taken apart: e^z divided by its sum along one axis, z = x or x less its maximum, which changes nothing. */
import { int, type Node, type Value } from "../../ir/index.ts";
import { obstacleOf } from "./activation.ts";
import { keptAxes, sameAxes } from "./axes.ts";
import { expand, isPolynomial } from "./polynomial.ts";
import type { FoundUnit } from "./unit.ts";
import { above, isOp } from "./walk.ts";

export function softmaxAt(node: Node): FoundUnit | undefined {
  const axes = isOp(node, "ReduceSum") ? keptAxes(node) : undefined;
  const exponential = node.inputs[0]?.producer;
  if (axes?.length !== 1 || !isOp(exponential, "Exp")) return undefined;
  const [sum, e] = [node.outputs[0]!, exponential.outputs[0]!];
  for (const output of above(sum)) {
    const share = expand(output, { e, s: sum });
    if (!share || !isPolynomial(share.polynomial, { "e*s^-1": 1 })) continue;
    const shifted = shiftedBelow(exponential.inputs[0]!, axes);
    const input = shifted?.x ?? exponential.inputs[0]!;
    const obstacle = obstacleOf(input, share.constants);
    return {
      kind: "softmax",
      nodes: new Set([...(shifted?.nodes ?? []), exponential, node, ...share.nodes]),
      input,
      output,
      replacement: obstacle ? { obstacle } : { op: "Softmax", inputs: [input], attributes: { axis: int(axes[0]!) } },
    };
  }
  return undefined;
}

function shiftedBelow(value: Value, axes: readonly number[]): { readonly x: Value; readonly nodes: readonly Node[] } | undefined {
  const difference = value.producer;
  const maximum = isOp(difference, "Sub") ? difference.inputs[1]?.producer : undefined;
  const x = difference?.inputs[0];
  if (!isOp(maximum, "ReduceMax") || !x || maximum.inputs[0] !== x || !sameAxes(keptAxes(maximum), axes)) return undefined;
  return { x, nodes: [maximum, difference!] };
}
