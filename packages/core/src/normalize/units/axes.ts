import type { Node } from "../../ir/index.ts";
import { integersOf } from "../constant-numbers.ts";

/** The axes a reduction that keeps its dimensions works on, as written; undefined where they are not constant. */
export function keptAxes(node: Node): readonly number[] | undefined {
  const axes = node.inputs[1] ? integersOf(node.inputs[1]) : node.ints("axes");
  return node.int("keepdims", 1) === 1 && axes && axes.length > 0 ? [...axes].sort((a, b) => a - b) : undefined;
}

export function sameAxes(left: readonly number[] | undefined, right: readonly number[] | undefined): boolean {
  return left !== undefined && right !== undefined && left.join() === right.join();
}

/** How many trailing axes these are, all of them and no others; undefined where they are not. */
export function trailingAxes(axes: readonly number[], rank: number | undefined): number | undefined {
  const fromEnd = axes.map((axis) => (axis < 0 ? axis : axis - (rank ?? Number.NaN))).sort((a, b) => a - b);
  return fromEnd.every((axis, index) => axis === index - fromEnd.length) ? fromEnd.length : undefined;
}
