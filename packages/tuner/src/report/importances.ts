/** What a search has learned about its dimensions: boosted trees explain the ranks of its trials, and each split's gain is counted for its dimension. */
import type { SearchSpace, Trial } from "@halftone/core";
import { boost } from "../model/boost.ts";
import { matrixOf } from "../model/rows.ts";
import type { Tree } from "../model/tree.ts";
import { encoder } from "../strategies/encode.ts";
import { ranksOf } from "../strategies/ranks.ts";

export interface Importance {
  readonly dimension: string;
  /** Of everything that the trees gain; the shares add up to 1. */
  readonly share: number;
}

/** Largest share first. Empty when the trials say nothing: too few of them, or all with the same result. */
export function importances(space: SearchSpace, trials: readonly Trial[]): readonly Importance[] {
  const whole = trials.filter(({ effort }) => effort === 1);
  if (whole.length < 2) return [];
  const targets = ranksOf(whole);
  const features = matrixOf(whole.map(({ candidate }) => encoder(space)(candidate)));
  const { trees } = boost({ features, targets, groups: new Int32Array(whole.length) }, { rounds: 50, maxDepth: 3 });
  const dimensions = dimensionsOf(space);
  const gains = new Map(space.dimensions.map(({ name }) => [name, 0]));
  for (const tree of trees) addGains(tree, (feature, gain) => gains.set(dimensions[feature]!, gains.get(dimensions[feature]!)! + gain));
  const total = [...gains.values()].reduce((sum, gain) => sum + gain, 0);
  if (total === 0) return [];
  return [...gains].map(([dimension, gain]) => ({ dimension, share: gain / total })).sort((one, other) => other.share - one.share);
}

/** The dimension behind each column of the encoder. */
function dimensionsOf({ dimensions }: SearchSpace): readonly string[] {
  return dimensions.flatMap((dimension) => encoder({ name: "", dimensions: [dimension] })({}).map(() => dimension.name));
}

function addGains(tree: Tree, add: (feature: number, gain: number) => void): void {
  if (tree.kind === "leaf") return;
  add(tree.feature, tree.gain);
  addGains(tree.left, add);
  addGains(tree.right, add);
}
