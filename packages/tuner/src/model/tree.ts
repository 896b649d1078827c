import type { Matrix } from "./rows.ts";

/** Rows whose feature is below the threshold go left. */
export type Tree =
  | { readonly kind: "leaf"; readonly value: number }
  | { readonly kind: "split"; readonly feature: number; readonly threshold: number; readonly gain: number; readonly left: Tree; readonly right: Tree };

export function predictTree(tree: Tree, { columns, values }: Matrix, row: number): number {
  let at = tree;
  while (at.kind === "split") at = values[row * columns + at.feature]! < at.threshold ? at.left : at.right;
  return at.value;
}
