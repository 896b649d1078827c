import { seededRandom } from "../numerics/index.ts";

/** `count` positions below `length`, one from each of as many equal stretches: spread evenly, never in step with a pattern of the data. */
export function pickPositions(length: number, count: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.min(Math.floor(((index + random()) * length) / count), length - 1));
}

export interface Pick {
  readonly position: number;
  /** How many picks that leave weights alone this one stands for, on average. */
  readonly weight: number;
}

/** As `pickPositions`, but half of the picks fall where the weights are: a position is picked as often as its share of them says. */
export function pickWeighted(weights: Float64Array, count: number, random: () => number): readonly Pick[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const length = weights.length;
  if (!(total > 0) || count >= length) return pickPositions(length, count, random).map((position) => ({ position, weight: 1 }));
  const shares = weights.map((weight) => (1 / length + weight / total) / 2);
  const picks: Pick[] = [];
  let [position, reached] = [0, shares[0]!];
  for (let index = 0; index < count; index++) {
    const wanted = (index + random()) / count;
    while (reached < wanted && position < length - 1) reached += shares[++position]!;
    picks.push({ position, weight: 1 / (shares[position]! * length) });
  }
  return picks;
}

/** The same layer and sample give the same positions in every call. */
export function randomOf(seed: number, name: string, sample: number): () => number {
  let hash = seed ^ Math.imul(sample + 1, 0x9e3779b1);
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return seededRandom(hash);
}
