import { formatShare, type Workload } from "@halftone/core";

/** A score as people read it: a share as a percentage, a divergence without the sign that makes the larger score the better one. */
export function formatScore(score: number, unit: Workload["unit"]): string {
  return unit === "nats" ? `${Number((0 - score).toPrecision(3))} nats` : formatShare(score);
}
