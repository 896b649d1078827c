/** Samples that are looked at: their right sides are kept whole. */
export const productSamples = 8;

export const defaultPositions = 1024;
