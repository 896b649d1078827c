import type { CalibrationSource, Tensors } from "@halftone/core";
import table from "../assets/samples.json";
import { sampleBytes } from "./assets.ts";

/** A line of text as the model reads it, and whether it is upright or upside down. */
export interface Sample {
  readonly feeds: Tensors;
  readonly label: number;
}

export async function loadSamples(): Promise<readonly Sample[]> {
  const bytes = await sampleBytes();
  const values = new Float32Array(bytes.slice().buffer);
  const { input, shape, labels } = table;
  const length = shape.reduce((product, size) => product * size, 1);
  return labels.map((label, index) => ({
    label,
    feeds: { [input]: { dtype: "float32", shape, data: values.slice(index * length, (index + 1) * length) } },
  }));
}

export function sourceOf(samples: readonly Sample[]): CalibrationSource {
  return {
    id: `app-samples-${samples.length}`,
    batches: samples.length,
    async *[Symbol.asyncIterator]() {
      for (const { feeds } of samples) yield feeds;
    },
  };
}
