/** Which tensors are worth two grids (PTQ4ViT, arXiv 2111.12293, 3.2): they crowd on one side of a value, and reach far on the other. */
import { unionOf } from "../numerics/index.ts";
import type { OperandSite, PlanContext } from "../spec/index.ts";
import { operandRanges } from "./starting-plan.ts";

/** Shares are what a Softmax answers, from 0 to 1. An activation is one that goes below zero, down to a minimum. */
export type TwinSubject = { readonly kind: "shares" } | { readonly kind: "activation"; readonly minimum: number };

/** Undefined where the operand is neither. */
export function twinSubject({ structure, statistics }: Pick<PlanContext, "structure" | "statistics">, site: OperandSite): TwinSubject | undefined {
  const { tensor } = site;
  if (structure.attentions.some(({ mixed }) => mixed === tensor)) return isShare(site) ? { kind: "shares" } : undefined;
  const activated = structure.activated.find(({ operands }) => operands.includes(tensor));
  return activated && { kind: "activation", minimum: activated.minimum };

  /** A node between the Softmax and the product may have changed what the scores are. */
  function isShare(operand: OperandSite): boolean {
    const { min, max } = unionOf(operandRanges(operand, statistics));
    return min >= 0 && max <= 1 + 2 ** -20;
  }
}
