import { factorsOf, linearFactors, type TensorConfig } from "@halftone/core";

const smallest = 0.01;
const largest = 1.2;

/**
 * Multiples of the step that a search starts from: 1 first, so that no search ends worse than it began, and then 0.01 + 0.0119 i for i = 0 .. 99. The
 * largest of the 101 factors up to 1.2 is not among them, as in the released code, which builds it and never tries it.
 */
export function searchFactors(config: Pick<TensorConfig, "scheme">, candidates: number): readonly number[] {
  const linear = linearFactors(smallest, largest, candidates + 1).slice(0, -1);
  return [1, ...factorsOf(config, linear).filter((factor) => factor !== 1)];
}

/** 2^-m: where the grid of small scores ends. */
export function softmaxSplits(): readonly number[] {
  return Array.from({ length: 20 }, (_, power) => 2 ** -power);
}
