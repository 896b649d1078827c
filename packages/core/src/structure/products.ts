/** Multiplications and sums over channels: with a weight, or of two activations. */
import type { NodeView, Tensor, ValueView } from "../spec/index.ts";

const products = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul"]);

export function isOp(node: NodeView, ...ops: readonly string[]): boolean {
  return node.domain === "" && ops.includes(node.op);
}

export function isProduct(node: NodeView): boolean {
  return node.domain === "" && (products.has(node.op) || node.op === "Einsum");
}

/** The constant factor of a Conv, ConvTranspose, Gemm or MatMul. */
export function weightOf(node: NodeView): Tensor | undefined {
  return node.domain === "" && products.has(node.op) ? node.inputs[1]?.constant : undefined;
}

/** A product of two activations. */
export function isMixing(node: NodeView): boolean {
  return isOp(node, "MatMul") && node.inputs.every((input) => input !== undefined && input.constant === undefined);
}

export function isDepthwise(node: NodeView): boolean {
  return groupsOf(node) > 1 && channelsPerGroup(node) === 1;
}

export function isGrouped(node: NodeView): boolean {
  return groupsOf(node) > 1 && channelsPerGroup(node) > 1;
}

/** Whether the node sums over that axis of `value`, and every element of it becomes part of its sums, once: no padding, one position per output. */
export function sumsOver(node: NodeView, value: ValueView, axis: number): boolean {
  if (node.inputs[0] !== value || node.inputs.indexOf(value, 1) >= 0) return false;
  switch (node.op) {
    case "MatMul":
      return node.inputs[1]?.shape?.length === 2 && axis === (value.shape?.length ?? 0) - 1;
    case "Gemm":
      return axis === 1 && (node.attribute("transA") ?? 0) === 0;
    case "Conv":
      return axis === 1 && groupsOf(node) === 1 && isPointwise(node);
    default:
      return false;
  }
}

function isPointwise(node: NodeView): boolean {
  const kernel = node.inputs[1]?.shape?.slice(2) ?? [];
  const pads = node.attribute("pads") as readonly number[] | undefined;
  return kernel.length > 0 && kernel.every((size) => size === 1) && (pads ?? []).every((pad) => pad === 0);
}

function groupsOf(node: NodeView): number {
  return isOp(node, "Conv", "ConvTranspose") ? ((node.attribute("group") as number | undefined) ?? 1) : 1;
}

/** Weights are [M, C / group, ...] and, transposed, [C, M / group, ...]. */
function channelsPerGroup(node: NodeView): number {
  const shape = node.inputs[1]?.shape as readonly number[];
  return node.op === "ConvTranspose" ? shape[0]! / groupsOf(node) : shape[1]!;
}
