import { seededRandom } from "../numerics/index.ts";

/** `count` positions below `length`, one from each of as many equal stretches: spread evenly, never in step with a pattern of the data. */
export function pickPositions(length: number, count: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, (_, index) => Math.min(Math.floor(((index + random()) * length) / count), length - 1));
}

/** The same layer and sample give the same positions in every call. */
export function randomOf(seed: number, name: string, sample: number): () => number {
  let hash = seed ^ Math.imul(sample + 1, 0x9e3779b1);
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return seededRandom(hash);
}
