import { gradientsOf, type Objective } from "./gradients.ts";
import { growTree, orderOf, type TreeOptions } from "./grow-tree.ts";
import type { Matrix, TrainingRows } from "./rows.ts";
import { predictTree, type Tree } from "./tree.ts";

/** Names and defaults are XGBoost's. */
export interface BoostingOptions extends Partial<TreeOptions> {
  /** Default `squared-error`. */
  readonly objective?: Objective;
  /** Trees. Default 100. */
  readonly rounds?: number;
  /** What is predicted before the first tree. Default: the mean target, or 0 when ranking. */
  readonly baseScore?: number;
}

/** Trees whose values add up. JSON. */
export interface BoostedTrees {
  readonly baseScore: number;
  readonly trees: readonly Tree[];
}

/** `include` limits the rows learned from; a row may be there more than once. Default: all. */
export function boost(rows: TrainingRows, options: BoostingOptions = {}, include: readonly number[] = rowsOf(rows.features)): BoostedTrees {
  const { objective = "squared-error", rounds = 100, baseScore = objective === "pairwise" ? 0 : meanOf(rows.targets, include) } = options;
  const { eta = 0.3, lambda = 1, gamma = 0, minChildWeight = 1, maxDepth = 6 } = options;
  const predictions = new Float32Array(rows.targets.length).fill(baseScore);
  const order = orderOf(rows.features, include);
  const trees: Tree[] = [];
  for (let round = 0; round < rounds; round++) {
    const tree = growTree(rows.features, gradientsOf(objective, rows, predictions), order, { eta, lambda, gamma, minChildWeight, maxDepth });
    for (let row = 0; row < predictions.length; row++) predictions[row]! += predictTree(tree, rows.features, row);
    trees.push(tree);
  }
  return { baseScore, trees };
}

export function predict({ baseScore, trees }: BoostedTrees, features: Matrix): Float32Array {
  const predictions = new Float32Array(features.rows).fill(baseScore);
  for (const tree of trees) {
    for (let row = 0; row < features.rows; row++) predictions[row]! += predictTree(tree, features, row);
  }
  return predictions;
}

function rowsOf({ rows }: Matrix): readonly number[] {
  return Array.from({ length: rows }, (_, row) => row);
}

function meanOf(targets: Float32Array, include: readonly number[]): number {
  return include.length === 0 ? 0 : Math.fround(include.reduce((sum, row) => sum + targets[row]!, 0) / include.length);
}
