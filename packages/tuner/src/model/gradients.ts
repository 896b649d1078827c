/**
 * First and second derivatives of the losses, in float32 as XGBoost keeps them.
 *
 *     squared error       g = p - y                                      h = 1
 *     pairwise ranking    for every pair of a group with y_i > y_j, s = 1 / (1 + exp(p_j - p_i)):
 *                         g_i += s - 1   g_j -= s - 1                    h_i, h_j += 2 s (1 - s)
 *
 * The pairwise form is LambdaMART's without a metric (Burges, MSR-TR-2010-82), as XGBoost computes `rank:pairwise` over all pairs and without
 * normalization (`lambdarank_pair_method=topk` with as many pairs as there are rows, `lambdarank_normalization=false`).
 */
import type { TrainingRows } from "./rows.ts";

export type Objective = "squared-error" | "pairwise";

export interface Gradients {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export function gradientsOf(objective: Objective, rows: TrainingRows, predictions: Float32Array): Gradients {
  switch (objective) {
    case "squared-error":
      return { first: predictions.map((prediction, row) => prediction - rows.targets[row]!), second: new Float32Array(predictions.length).fill(1) };
    case "pairwise":
      return pairwise(rows, predictions);
    default:
      return objective satisfies never;
  }
}

function pairwise({ targets, groups }: TrainingRows, predictions: Float32Array): Gradients {
  const first = new Float32Array(targets.length);
  const second = new Float32Array(targets.length);
  for (const group of ranked(groups, predictions)) {
    for (const [place, one] of group.entries()) {
      for (const other of group.slice(place + 1)) {
        if (targets[one] === targets[other]) continue;
        const [high, low] = targets[one]! > targets[other]! ? [one, other] : [other, one];
        const likely = sigmoid(Math.fround(predictions[high]! - predictions[low]!));
        const [slope, curvature] = [Math.fround(likely - 1), Math.fround(Math.max(likely * (1 - likely), 1e-16) * 2)];
        first[high]! += slope;
        first[low]! -= slope;
        second[high]! += curvature;
        second[low]! += curvature;
      }
    }
  }
  return { first, second };
}

/** Each group's rows, the largest prediction first: the order in which XGBoost adds pairs up. */
function ranked(groups: Int32Array, predictions: Float32Array): readonly (readonly number[])[] {
  const rows = new Map<number, number[]>();
  groups.forEach((group, row) => {
    const known = rows.get(group);
    if (known) known.push(row);
    else rows.set(group, [row]);
  });
  return [...rows.values()].map((group) => group.sort((one, other) => predictions[other]! - predictions[one]!));
}

/** In float32, bounded as in XGBoost. */
function sigmoid(difference: number): number {
  return Math.fround(1 / Math.fround(Math.fround(Math.exp(Math.min(-difference, 88.7))) + 1 + 1e-16));
}
