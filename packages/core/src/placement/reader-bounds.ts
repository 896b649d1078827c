/**
 * Bounds from the readers' side: what lies beyond them is the same to every reader. HardSwish answers 0 to everything at
 * or below -3, so a grid in front of it need not reach further, however far the values do.
 */
import type { NodeView, ValueView } from "../spec/index.ts";
import { clippingOf } from "./absorb.ts";
import type { Bounds } from "./bounds.ts";

const unbounded: Bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

export function readerBoundsOf(value: ValueView): Bounds {
  if (value.isOutput || value.consumers.length === 0) return unbounded;
  const bounds = value.consumers.map((use) => (use.input === 0 && use.node.domain === "" ? boundsOfReader(use.node) : unbounded));
  return { min: Math.min(...bounds.map(({ min }) => min)), max: Math.max(...bounds.map(({ max }) => max)) };
}

function boundsOfReader(node: NodeView): Bounds {
  switch (node.op) {
    case "HardSwish":
      return { min: -3, max: Number.POSITIVE_INFINITY };
    case "HardSigmoid": {
      const alpha = Number(node.attribute("alpha") ?? 0.2);
      const beta = Number(node.attribute("beta") ?? 0.5);
      return alpha > 0 ? { min: -beta / alpha, max: (1 - beta) / alpha } : unbounded;
    }
    default:
      return clippingOf(node) ?? unbounded;
  }
}
