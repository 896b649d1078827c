import type { Distance } from "../spec/index.ts";

export interface DistanceAccumulator {
  update(reference: ArrayLike<number>, value: ArrayLike<number>): void;
  /** Over everything seen so far. Of nothing, and of two zero vectors, the distance is that of equals. */
  result(): Distance;
}

/** Sums in float64, so that any number of tensors may be compared. */
export function createDistance(): DistanceAccumulator {
  let [signal, energy, product, noise, maxError] = [0, 0, 0, 0, 0];
  return {
    update: (reference, value) => {
      for (let index = 0; index < reference.length; index++) {
        const x = reference[index]!;
        const y = value[index]!;
        const error = Math.abs(x - y);
        signal += x * x;
        energy += y * y;
        product += x * y;
        noise += error * error;
        if (!(error <= maxError)) maxError = error;
      }
    },
    result: () => ({
      sqnrDb: noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise),
      cosine: noise === 0 ? 1 : signal * energy === 0 ? 0 : product / Math.sqrt(signal * energy),
      maxError,
    }),
  };
}
