export interface Moments {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/** Mean and deviation of numbers that come one by one, in constant memory (Welford 1962). */
export function createMoments(): { add(value: number): void; result(): Moments } {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  return {
    add: (value) => {
      const before = value - mean;
      mean += before / ++count;
      squares += before * (value - mean);
      least = Math.min(least, value);
      most = Math.max(most, value);
    },
    result: () => ({ mean, deviation: Math.sqrt(squares / count), least, most }),
  };
}
