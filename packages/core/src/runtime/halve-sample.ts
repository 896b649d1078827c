import type { LayerSample } from "../spec/index.ts";
import { rowsOf } from "./thin-sample.ts";

/** The rows of the first half of the samples and those of the second; the sample itself where there is one only. Of a layer with a weight. */
export function halveSample(sample: LayerSample): readonly LayerSample[] {
  const { samples } = sample;
  if (samples < 2) return [sample];
  const rows = sample.left.shape[1]!;
  const first = Math.floor(samples / 2);
  const middle = first * Math.floor(rows / samples);
  return [part(0, middle, first), part(middle, rows, samples - first)];

  function part(from: number, to: number, count: number): LayerSample {
    const picked = Array.from({ length: to - from }, (_, index) => from + index);
    return {
      ...sample,
      left: rowsOf(sample.left, picked),
      reference: rowsOf(sample.reference, picked),
      ...(sample.importance && { importance: rowsOf(sample.importance, picked) }),
      samples: count,
    };
  }
}
