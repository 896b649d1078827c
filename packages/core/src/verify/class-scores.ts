import type { Metric, Tensor } from "../spec/index.ts";

/** The rows of an output that looks like class scores: float32, rank 2, more than one class. Otherwise none. */
export function classScores(tensor: Tensor | undefined): readonly Float32Array[] {
  const classes = tensor?.shape[1] ?? 0;
  if (tensor?.shape.length !== 2 || classes < 2 || !(tensor.data instanceof Float32Array)) return [];
  const data = tensor.data;
  return Array.from({ length: tensor.shape[0]! }, (_, row) => data.subarray(row * classes, (row + 1) * classes));
}

/** Indices of the largest scores, best first; the lower index wins a tie. */
export function bestClasses(scores: Float32Array, count: number): readonly number[] {
  const best: number[] = [];
  for (let index = 0; index < scores.length; index++) {
    if (best.length === count && scores[index]! <= scores[best[count - 1]!]!) continue;
    const place = best.findIndex((other) => scores[index]! > scores[other]!);
    best.splice(place === -1 ? best.length : place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Share of samples whose label is among the `k` best classes of the first output. `labels` holds one class per sample, batches in row order. */
export function topK(k: number, labels: readonly number[]): Metric {
  return {
    name: `top${k}`,
    create: () => {
      let rows = 0;
      let right = 0;
      return {
        update: (outputs) => {
          for (const scores of classScores(Object.values(outputs)[0])) {
            if (bestClasses(scores, k).includes(labels[rows]!)) right++;
            rows++;
          }
        },
        result: () => (rows === 0 ? 0 : right / rows),
      };
    },
  };
}
