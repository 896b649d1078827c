/**
 * One regression tree by exact greedy splits, as XGBoost grows it (Chen and Guestrin, arXiv 1603.02754). With G and H the sums of first and second
 * derivatives of a node's rows,
 *
 *     leaf value    -eta G / (H + lambda)
 *     gain          GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda)
 *
 * Thresholds lie midway between neighbouring values. A tree is grown to its depth first and pruned afterwards: a split above two leaves goes when it gains
 * less than gamma. Of equal gains the first feature wins, and in it the largest threshold.
 */
import type { Gradients } from "./gradients.ts";
import type { Matrix } from "./rows.ts";
import type { Tree } from "./tree.ts";

export interface TreeOptions {
  readonly eta: number;
  readonly lambda: number;
  readonly gamma: number;
  readonly minChildWeight: number;
  readonly maxDepth: number;
}

/** Below this a split gains nothing: XGBoost's kRtEps. */
const smallestGain = 1e-6;

/** The rows of a node, and the same ascending by each feature; nothing for a feature that they share a value of. */
export interface Order {
  readonly rows: readonly number[];
  readonly byFeature: readonly (readonly number[])[];
}

/** The same for every tree on these rows. */
export function orderOf(features: Matrix, include: readonly number[]): Order {
  const byFeature = Array.from({ length: features.columns }, (_, feature) => sortedBy(features, feature, include));
  return { rows: byFeature[0] ?? [], byFeature };
}

export function growTree(features: Matrix, gradients: Gradients, order: Order, options: TreeOptions): Tree {
  return grow(features, gradients, order, 0, options);
}

interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly gain: number;
}

function grow(features: Matrix, gradients: Gradients, order: Order, depth: number, options: TreeOptions): Tree {
  const total = sumsOf(gradients, order.rows);
  const leaf = (): Tree => ({ kind: "leaf", value: Math.fround(Math.fround(options.eta) * Math.fround(weightOf(total, options))) });
  const split = depth < options.maxDepth ? bestSplit(features, gradients, order, total, options) : undefined;
  if (split === undefined) return leaf();
  const [left, right] = parted(features, order, split).map((side) => grow(features, gradients, side, depth + 1, options));
  const isPruned = left!.kind === "leaf" && right!.kind === "leaf" && split.gain < options.gamma;
  return isPruned ? leaf() : { kind: "split", ...split, left: left!, right: right! };
}

/** What lies left and right of a split. */
function parted({ columns, values }: Matrix, { rows, byFeature }: Order, { feature, threshold }: Split): readonly [Order, Order] {
  const goesLeft = new Uint8Array(values.length / columns);
  for (const row of rows) if (values[row * columns + feature]! < threshold) goesLeft[row] = 1;
  const side = (wanted: number): Order => {
    const kept = (order: readonly number[]): readonly number[] => order.filter((row) => goesLeft[row] === wanted);
    const isShared = (order: readonly number[], of: number): boolean => values[order[0]! * columns + of] === values[order.at(-1)! * columns + of];
    const ordered = byFeature.map(kept);
    return { rows: kept(rows), byFeature: ordered.map((order, of) => (order.length === 0 || isShared(order, of) ? [] : order)) };
  };
  return [side(1), side(0)];
}

function bestSplit(features: Matrix, gradients: Gradients, order: Order, total: Sums, options: TreeOptions): Split | undefined {
  const { minChildWeight } = options;
  const rootGain = Math.fround(gainOf(total, options));
  let best: Split | undefined;
  for (const [feature, rows] of order.byFeature.entries()) {
    const valueAt = (place: number): number => features.values[rows[place]! * features.columns + feature]!;
    let gradient = 0;
    let hessian = 0;
    for (let place = rows.length - 1; place > 0; place--) {
      gradient += gradients.first[rows[place]!]!;
      hessian += gradients.second[rows[place]!]!;
      const [above, below] = [valueAt(place), valueAt(place - 1)];
      if (above === below) continue;
      const left = { gradient: total.gradient - gradient, hessian: total.hessian - hessian };
      if (hessian < minChildWeight || left.hessian < minChildWeight) continue;
      const gain = Math.fround(gainOf({ gradient, hessian }, options) + gainOf(left, options) - rootGain);
      if (gain <= (best?.gain ?? smallestGain)) continue;
      const middle = Math.fround(Math.fround(above + below) * 0.5);
      best = { feature, threshold: middle === below ? above : middle, gain };
    }
  }
  return best;
}

function gainOf({ gradient, hessian }: Sums, { lambda, minChildWeight }: TreeOptions): number {
  return hessian < minChildWeight || hessian <= 0 ? 0 : (gradient * gradient) / (hessian + lambda);
}

function weightOf({ gradient, hessian }: Sums, { lambda, minChildWeight }: TreeOptions): number {
  return hessian < minChildWeight || hessian <= 0 ? 0 : -gradient / (hessian + lambda);
}

function sumsOf({ first, second }: Gradients, rows: readonly number[]): Sums {
  let gradient = 0;
  let hessian = 0;
  for (const row of rows) {
    gradient += first[row]!;
    hessian += second[row]!;
  }
  return { gradient, hessian };
}

function sortedBy({ columns, values }: Matrix, feature: number, rows: readonly number[]): readonly number[] {
  return [...rows].sort((one, other) => values[one * columns + feature]! - values[other * columns + feature]!);
}
