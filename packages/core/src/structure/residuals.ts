import type { NodeView } from "../spec/index.ts";
import { countBits, type Flow } from "./flow.ts";
import { isOp } from "./products.ts";

/**
 * Additions of two activations, one of which came by a shorter way: it passed at most one product (a projection) that the
 * other did not. `scoring` are the nodes between products and softmax of an attention, where a bias is added.
 */
export function residualsOf(flow: Flow, scoring: ReadonlySet<NodeView>): readonly NodeView[] {
  return flow.nodes.filter((node) => isOp(node, "Add", "Sum") && flow.unitOf(node) === undefined && !scoring.has(node) && joins(flow, node));
}

function joins(flow: Flow, node: NodeView): boolean {
  const [left, right, third] = flow.inputsOf(node);
  if (!left || !right || third || node.inputs.length !== 2 || !sameShape(left.shape, right.shape)) return false;
  const [aboveLeft, aboveRight] = [flow.weightedAbove(left), flow.weightedAbove(right)];
  const shared = aboveLeft & aboveRight;
  const own = [countBits(aboveLeft ^ shared), countBits(aboveRight ^ shared)].sort((a, b) => a - b) as [number, number];
  return own[0] <= 1 && own[1] > own[0];
}

/** Dimensions that are not both known may be equal. */
function sameShape(left: readonly (number | string)[] | undefined, right: readonly (number | string)[] | undefined): boolean {
  if (!left || !right) return true;
  return left.length === right.length && left.every((size, axis) => typeof size !== "number" || typeof right[axis] !== "number" || size === right[axis]);
}
