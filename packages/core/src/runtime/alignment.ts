/**
 * 1 - cosine of what a layer answers and what the float network answers there, bias included, averaged over the samples (EasyQuant, arXiv
 * 2006.16669, 3.1):
 *
 *     cos(y, r) = sum(y r) / (|y| |r|)
 *
 * Two answers that are zero everywhere are aligned; zero against anything else is not.
 */
import type { LayerSample, ProbeError, Tensor } from "../spec/index.ts";
import type { Kernels } from "./kernels.ts";

export interface Alignment {
  error(left: Tensor, right: Tensor): Promise<ProbeError>;
}

export async function createAlignment(kernels: Kernels, { reference, samples, bias, layer }: LayerSample): Promise<Alignment> {
  const [batch, rows, columns] = reference.shape as [number, number, number];
  const entries = layer.weight ? batch : batch / samples;
  // Samples of a product of two activations are batch entries; those of a layer with a weight are runs of rows.
  const runs = layer.weight ? samples : 1;
  const whose: Tensor = { dtype: "float32", shape: [1, runs, rows], data: indicator(runs, rows) };
  const shift: Tensor = bias ? { ...bias, shape: [batch, 1, columns] } : { dtype: "float32", shape: [1, 1, 1], data: new Float32Array(1) };
  const shifted = bias ? await kernels.run("subtract", { x: reference, y: negated(shift) }) : reference;
  const own = squares(shifted, whose);
  const channels = layer.weight ? batch * columns : columns;

  // Dot product, square and the reference's square of every channel, for one sample at a time.
  const sums = new Float64Array(3 * channels);

  return {
    error: async (left, right) => {
      const found = (await kernels.run("alignment", { left, right, bias: shift, reference: shifted, samples: whose })).data as Float32Array;
      const errors = new Float64Array(channels);
      let whole = 0;
      for (let sample = 0; sample < samples; sample++) {
        sums.fill(0);
        const run = layer.weight ? sample : 0;
        const [first, last] = layer.weight ? [0, batch] : [sample * entries, (sample + 1) * entries];
        for (let entry = first; entry < last; entry++) {
          for (let column = 0; column < columns; column++) {
            const at = 3 * (layer.weight ? entry * columns + column : column);
            sums[at]! += found[(entry * 2 * runs + run) * columns + column]!;
            sums[at + 1]! += found[(entry * 2 * runs + runs + run) * columns + column]!;
            sums[at + 2]! += own[(entry * runs + run) * columns + column]!;
          }
        }
        let [dot, square, reached] = [0, 0, 0];
        for (let channel = 0; channel < channels; channel++) {
          const at = 3 * channel;
          errors[channel]! += distance(sums[at]!, sums[at + 1]!, sums[at + 2]!) / samples;
          dot += sums[at]!;
          square += sums[at + 1]!;
          reached += sums[at + 2]!;
        }
        whole += distance(dot, square, reached) / samples;
      }
      return { layer: whole, channels: errors };
    },
  };
}

function distance(dot: number, left: number, right: number): number {
  if (left === 0 && right === 0) return 0;
  if (left === 0 || right === 0) return 1;
  return 1 - dot / Math.sqrt(left * right);
}

function indicator(runs: number, rows: number): Float32Array {
  const result = new Float32Array(runs * rows);
  for (let row = 0; row < rows; row++) result[Math.floor((row * runs) / rows) * rows + row] = 1;
  return result;
}

function negated(tensor: Tensor): Tensor {
  return { ...tensor, data: (tensor.data as Float32Array).map((value) => -value) };
}

/** Sums of squares [B, S, M] over the rows of each sample. */
function squares({ shape, data }: Tensor, whose: Tensor): Float64Array {
  const [batch, rows, columns] = shape as [number, number, number];
  const runs = whose.shape[1]!;
  const sums = new Float64Array(batch * runs * columns);
  for (let entry = 0; entry < batch; entry++) {
    for (let row = 0; row < rows; row++) {
      const run = Math.floor((row * runs) / rows);
      for (let column = 0; column < columns; column++) {
        sums[(entry * runs + run) * columns + column]! += (data[(entry * rows + row) * columns + column] as number) ** 2;
      }
    }
  }
  return sums;
}
