import type { NodeDecision } from "../spec/index.ts";

/** Whether the node's own tensors lie on a grid, kernel or not. */
export function computesOnGrid(decision: NodeDecision | undefined): boolean {
  return decision?.mode === "integer" || decision?.mode === "emulated";
}

/** Whether the node's weight is stored in integers. */
export function storesWeight(decision: NodeDecision | undefined): boolean {
  return computesOnGrid(decision) || decision?.mode === "weights";
}

/** Whether the node reads and writes what others have put on a grid. */
export function staysOnGrid(decision: NodeDecision | undefined): boolean {
  return computesOnGrid(decision) || decision?.mode === "pass-through";
}
