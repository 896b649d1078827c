import type { QuantPlan } from "@halftone/core";

export interface PlanDifferences {
  /** The largest relative distance of two scales. */
  readonly scale: number;
  /** Everything else that is not the same: encodings, zero points, codes, decisions. */
  readonly others: readonly string[];
}

export function planDifferences(ours: QuantPlan, theirs: QuantPlan): PlanDifferences {
  const others: string[] = [];
  let scale = 0;
  const visit = (path: string, left: unknown, right: unknown): void => {
    if (isRecord(left) && isRecord(right))
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) visit(`${path}.${key}`, left[key], right[key]);
    else if (/\.scale\.\d+$/.test(path)) scale = Math.max(scale, Math.abs(Number(left) / Number(right) - 1));
    else if (left !== right) others.push(`${path}: ${left}, on Node ${right}`);
  };
  visit("", ours, theirs);
  return { scale, others };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
