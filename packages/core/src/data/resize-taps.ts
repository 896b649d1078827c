/**
 * Filter taps of an antialiased, separable resize.
 *
 * Output pixel i sits at centre c = (i + 0.5) * s, with s = input size / output size. Its value is the sum of
 * f((x + 0.5 - c) / max(s, 1)) over the input pixels x within the support, divided by the sum of the weights: when
 * shrinking, the filter widens with s. Bicubic is Keys' kernel with a = -0.5, support 2 (Keys, "Cubic convolution
 * interpolation for digital image processing", 1981). The weights are rounded to 22 fractional bits, so that the
 * result equals Pillow's to the bit.
 */
export type Interpolation = "bilinear" | "bicubic";

export const WEIGHT_BITS = 22;

export interface Taps {
  /** First input pixel of each output pixel. */
  readonly start: Int32Array;
  /** How many input pixels each output pixel reads. */
  readonly count: Int32Array;
  /** `stride` weights per output pixel, fixed point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

const FILTERS: Readonly<Record<Interpolation, { readonly support: number; readonly weight: (x: number) => number }>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: keys },
};

function keys(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return (((d - 5) * d + 8) * d - 4) * a;
  return 0;
}

/** Taps for the output pixels `from` to `to` of a resize from `inputSize` to `outputSize`. */
export function resizeTaps(inputSize: number, outputSize: number, from: number, to: number, interpolation: Interpolation): Taps {
  const filter = FILTERS[interpolation];
  const step = inputSize / outputSize;
  const stretch = Math.max(step, 1);
  const support = filter.support * stretch;
  const stride = Math.ceil(support) * 2 + 1;
  const start = new Int32Array(to - from);
  const count = new Int32Array(to - from);
  const weights = new Int32Array((to - from) * stride);
  const exact = new Float64Array(stride);
  for (let i = from; i < to; i++) {
    const centre = (i + 0.5) * step;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(inputSize, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      exact[k] = filter.weight((k + first - centre + 0.5) / stretch);
      sum += exact[k]!;
    }
    for (let k = 0; k < taps; k++) weights[(i - from) * stride + k] = toFixedPoint(exact[k]! / sum);
    start[i - from] = first;
    count[i - from] = taps;
  }
  return { start, count, weights, stride };
}

/** Half away from zero: this is Pillow's fixed point, not an ONNX rounding. */
function toFixedPoint(weight: number): number {
  const scaled = weight * 2 ** WEIGHT_BITS;
  return Math.trunc(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}
