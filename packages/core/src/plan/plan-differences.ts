import type { QuantPlan } from "../spec/index.ts";

export interface PlanDifferences {
  /** The largest relative distance of two scales. */
  readonly scale: number;
  /** Every other field that is not the same, encodings, zero points, codes and decisions: `path: ours, theirs`. */
  readonly others: readonly string[];
}

/** How far two plans lie apart, such as those of two runtimes for the same inputs. */
export function planDifferences(ours: QuantPlan, theirs: QuantPlan): PlanDifferences {
  const others: string[] = [];
  let scale = 0;
  const visit = (path: string, left: unknown, right: unknown): void => {
    if (isRecord(left) && isRecord(right))
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) visit(path === "" ? key : `${path}.${key}`, left[key], right[key]);
    else if (/\.scale\.\d+$/.test(path) && typeof left === "number" && typeof right === "number") scale = Math.max(scale, Math.abs(left / right - 1));
    else if (left !== right) others.push(`${path}: ${JSON.stringify(left)}, ${JSON.stringify(right)}`);
  };
  visit("", ours, theirs);
  return { scale, others };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
