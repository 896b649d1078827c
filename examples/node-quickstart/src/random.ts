// mulberry32 (Tommy Ettinger, public domain): a 32-bit counter through a multiplicative hash. Small, fast, and the same
// sequence on every machine, which is all that drawing samples needs.

/** Uniform in [0, 1). */
export type Random = () => number;

export function createRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), state | 1);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), hash | 61)) ^ hash;
    return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

/** A whole number in [low, high]. */
export const whole = (random: Random, low: number, high: number): number => Math.floor(between(random, low, high + 1));

export const chance = (random: Random, probability: number): boolean => random() < probability;

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[whole(random, 0, items.length - 1)] as Item;
}

/** Standard normal, by Box and Muller's transform. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 32-bit FNV-1a over code points, its high bits mixed into the low ones (which alone would see no more than parities). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash ^ (hash >>> 16)) >>> 0;
}
