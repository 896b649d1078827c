import type { CalibrationSource, Tensors } from "@halftone/core";

/** All samples of a source, decoded. */
export async function held(source: CalibrationSource): Promise<readonly Tensors[]> {
  const samples: Tensors[] = [];
  for await (const feeds of source) samples.push(feeds);
  return samples;
}

export function sourceOf(id: string, samples: readonly Tensors[]): CalibrationSource {
  return {
    id,
    batches: samples.length,
    async *[Symbol.asyncIterator]() {
      yield* samples;
    },
  };
}
