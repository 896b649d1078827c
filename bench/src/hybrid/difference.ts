import { isHeldOut } from "./halves.ts";

export interface Difference {
  /** Share of right answers that the first model has more. */
  readonly gain: number;
  /** Paired: sqrt(d / n) with a share d of samples that exactly one of the two got right. */
  readonly standardError: number;
}

/** Of two models on the samples that the search did not see. */
export function differenceOf(one: readonly number[], other: readonly number[], truths: readonly number[]): Difference {
  const signs = truths.flatMap((truth, sample) => (isHeldOut(sample) ? [Number(one[sample] === truth) - Number(other[sample] === truth)] : []));
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  return { gain: sumOf(signs) / signs.length, standardError: Math.sqrt(sumOf(signs.map(Math.abs))) / signs.length };
}
