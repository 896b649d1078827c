import type { Workload } from "@halftone/core";
import { percent } from "../text/units.ts";

type Unit = Workload["unit"];

/** How far below the float model, from what a flag says: points of a hundred, or nats. */
export function distanceOf(flag: number, unit: Unit): number {
  return unit === "nats" ? flag : flag / 100;
}

/** In percent, or nats of divergence, of which less is better. */
export function scoreFigure(score: number, unit: Unit): number {
  return unit === "nats" ? Number((0 - score).toPrecision(6)) : percent(score);
}
