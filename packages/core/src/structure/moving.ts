/** Nodes that move data without computing, and where an axis goes when they do. */
import type { Dimension, NodeView, ValueView } from "../spec/index.ts";

const movers = new Set([
  "Reshape",
  "Transpose",
  "Flatten",
  "Squeeze",
  "Unsqueeze",
  "Split",
  "Slice",
  "Gather",
  "Identity",
  "Expand",
  "Tile",
  "DepthToSpace",
  "SpaceToDepth",
]);
const reshaping = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze"]);

/** Whether the node's outputs hold elements of `value` and nothing else. */
export function moves(node: NodeView, value: ValueView): boolean {
  return node.domain === "" && movers.has(node.op) && node.inputs[0] === value;
}

/** Whether the node lays the same elements out in another way. */
export function rearranges(node: NodeView): boolean {
  return node.domain === "" && (reshaping.has(node.op) || node.op === "Transpose");
}

/** Where `axis` of the node's input is in its outputs; undefined when it is no longer one whole axis, or the sizes do not tell. */
export function axisBehind(node: NodeView, axis: number): number | undefined {
  const from = node.inputs[0]?.shape;
  const to = node.outputs[0]?.shape;
  if (node.domain !== "" || !from) return undefined;
  if (reshaping.has(node.op)) return to && axisAfterReshape(from, to, axis);
  switch (node.op) {
    case "Identity":
      return axis;
    case "Transpose":
      return ((node.attribute("perm") as readonly number[] | undefined) ?? from.map((_, index) => from.length - 1 - index)).indexOf(axis);
    case "Split":
    case "Slice":
      return to?.length === from.length && to[axis] === from[axis] && typeof to[axis] === "number" ? axis : undefined;
    case "Gather":
      return axisAfterGather(node, from.length, axis);
    default:
      return undefined;
  }
}

function axisAfterGather(node: NodeView, rank: number, axis: number): number | undefined {
  const gathered = node.attribute("axis") ?? 0;
  const indices = node.inputs[1]?.shape?.length;
  if (typeof gathered !== "number" || indices === undefined) return undefined;
  const from = gathered < 0 ? gathered + rank : gathered;
  if (from === axis) return undefined;
  return from < axis ? axis - 1 + indices : axis;
}

/** The output axis of the same size with as many elements behind it, or before it. */
function axisAfterReshape(from: readonly Dimension[], to: readonly Dimension[], axis: number): number | undefined {
  const size = from[axis];
  if (typeof size !== "number") return undefined;
  const found = to.findIndex(
    (dimension, index) => dimension === size && (sameExtent(from.slice(axis + 1), to.slice(index + 1)) || sameExtent(from.slice(0, axis), to.slice(0, index))),
  );
  return found < 0 ? undefined : found;
}

/** Whether two runs of dimensions have the same product; one that is not known is like no other. */
function sameExtent(left: readonly Dimension[], right: readonly Dimension[]): boolean {
  const unknown = [...left, ...right].includes("");
  return !unknown && extentOf(left) === extentOf(right);
}

function extentOf(dimensions: readonly Dimension[]): string {
  const known = dimensions.filter((dimension) => typeof dimension === "number").reduce((product, size) => product * size, 1);
  return [known, ...dimensions.filter((dimension) => typeof dimension === "string").sort()].join(" ");
}
