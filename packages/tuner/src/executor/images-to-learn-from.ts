import type { SearchSpace } from "@halftone/core";

const enough = 16;

/**
 * Calibration samples from which layers are described and ranked: the same for all candidates, so that `sensitive: 2` means the same two layers in every
 * trial, and none that the candidates of the space leave to the evaluation.
 */
export function imagesToLearnFrom(space: SearchSpace | undefined): number {
  const images = space?.dimensions.find(({ name }) => name === "images")?.values.map(Number) ?? [enough];
  return Math.min(enough, Math.max(...images));
}
