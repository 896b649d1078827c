import type { LayerSample, Tensor } from "../spec/index.ts";

export interface ThinningOptions {
  /** What one trial may cost, in multiply-adds of the product. Default 5e7. */
  readonly multiplyAdds?: number;
  /** What of the operand and the result is rewritten at each trial, in elements. Default 1e6. */
  readonly elements?: number;
  /** Never fewer rows than this. Default 128. */
  readonly rows?: number;
}

/**
 * The same layer with so few of its rows that a trial is cheap: errors are compared, not measured, and the rows left are spread over all samples as
 * before. A sample that is small enough is answered as it is.
 */
export function thinSample(sample: LayerSample, { multiplyAdds = 5e7, elements = 1e6, rows: least = 128 }: ThinningOptions = {}): LayerSample {
  const [batch, rows, depth] = sample.left.shape as [number, number, number];
  const columns = sample.right.shape[2]!;
  const wanted = Math.max(Math.min(multiplyAdds / (batch * depth * columns), elements / (batch * (depth + columns))), least);
  // Rows of a layer with a weight come in runs of one sample each: each keeps as many.
  const runs = sample.layer.weight ? sample.samples : 1;
  const kept = runs * Math.max(Math.floor(wanted / runs), 1);
  if (kept >= rows) return sample;
  const picked = Array.from({ length: kept }, (_, index) => Math.floor(((index + 0.5) * rows) / kept));
  const thin = (tensor: Tensor): Tensor => rowsOf(tensor, picked);
  return {
    ...sample,
    left: thin(sample.left),
    reference: thin(sample.reference),
    ...(sample.importance && { importance: thin(sample.importance) }),
  };
}

/** [B, n, W] of the picked rows. */
export function rowsOf({ shape, data }: Tensor, picked: readonly number[]): Tensor {
  const [batch, rows, width] = shape as [number, number, number];
  const values = data as Float32Array;
  const result = new Float32Array(batch * picked.length * width);
  let next = 0;
  for (let entry = 0; entry < batch; entry++) {
    for (const row of picked) {
      const start = (entry * rows + row) * width;
      result.set(values.subarray(start, start + width), next);
      next += width;
    }
  }
  return { dtype: "float32", shape: [batch, picked.length, width], data: result };
}
