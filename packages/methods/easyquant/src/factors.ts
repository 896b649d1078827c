import { factorsOf, linearFactors, type TensorConfig } from "@halftone/core";
import type { Settings } from "./options.ts";

/**
 * Multiples of the step that a search starts from. The paper's scale is the reciprocal of the step, q = round(x S), and its candidates are equally
 * spaced in S: the step is divided by them. The start itself comes first, so that it wins where others are no better. BasePTQ's are
 * equally spaced in the step, and the start is none of them.
 */
export function stepFactors(config: Pick<TensorConfig, "scheme">, { candidates, smallestFactor, largestFactor, basePtq }: Settings): readonly number[] {
  const linear = linearFactors(smallestFactor, largestFactor, candidates);
  if (basePtq) return factorsOf(config, linear);
  const divided = factorsOf(
    config,
    linear.map((factor) => 1 / factor),
  );
  return [1, ...divided.filter((factor) => factor !== 1)];
}
