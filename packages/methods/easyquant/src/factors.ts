import { factorsOf, linearFactors, type TensorConfig } from "@halftone/core";
import type { Settings } from "./options.ts";

/**
 * Multiples of the step that a search starts from. The paper's scale is the reciprocal of the step, q = round(x S), and its candidates are equally
 * spaced in S: the step is divided by them. BasePTQ's are equally spaced in the step itself.
 */
export function stepFactors(config: Pick<TensorConfig, "scheme">, { candidates, smallestFactor, largestFactor, basePtq }: Settings): readonly number[] {
  const linear = linearFactors(smallestFactor, largestFactor, candidates);
  return factorsOf(config, basePtq ? linear : linear.map((factor) => 1 / factor));
}
