import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scheme } from "../spec/index.ts";
import { entropyRange } from "./clip-entropy.ts";
import { mseRange } from "./clip-mse.ts";
import { percentileRange } from "./clip-percentile.ts";
import { codeRange } from "./code-range.ts";
import { encodeRange } from "./encode-range.ts";
import { createHistogram, type Histogram } from "./histogram.ts";
import { percentile } from "./percentile.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";
import { seededRandom } from "./random.ts";
import type { Range } from "./range.ts";

const histogramOf = (values: Float32Array): Histogram => {
  const histogram = createHistogram();
  histogram.add(values);
  return histogram.result();
};

const random = seededRandom(7);
const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const sample = (count: number, draw: () => number): Float32Array => Float32Array.from({ length: count }, draw);

const gaussian = sample(6_000, normal);
const withOutliers = Float32Array.from([...gaussian, 40, -35]);
const rectified = gaussian.map((value) => Math.max(value, 0));
const rectifiedWithOutlier = Float32Array.from([...rectified, 30]);
const swish = withOutliers.map((value) => value / (1 + Math.exp(-value)));

describe("percentileRange", () => {
  it("is within one bin of the percentiles of the values", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 200, maxLength: 400 }),
        fc.double({ min: 80, max: 100, noNaN: true }),
        (all, percent) => {
          const values = Float32Array.from([...all, -1, 1]);
          const histogram = histogramOf(values);
          const { min, max } = percentileRange(histogram, percent);
          const tail = (100 - percent) / 2;
          const neighbours = (at: number): readonly number[] =>
            [at - 100 / values.length, at + 100 / values.length].map((each) => percentile(values, Math.min(Math.max(each, 0), 100)));
          const [lowest, lower] = neighbours(tail);
          const [higher, highest] = neighbours(100 - tail);
          expect(min).toBeGreaterThanOrEqual(lowest! - histogram.width);
          expect(min).toBeLessThanOrEqual(lower! + histogram.width);
          expect(max).toBeGreaterThanOrEqual(higher! - histogram.width);
          expect(max).toBeLessThanOrEqual(highest! + histogram.width);
        },
      ),
    );
  });

  it("keeps everything at 100 %, and cuts one-sided tensors at their one tail", () => {
    expect(percentileRange(histogramOf(withOutliers), 100)).toEqual({ min: -35, max: 40 });
    expect(percentileRange(histogramOf(rectifiedWithOutlier), 99.9)).toMatchObject({ min: 0 });
    expect(percentileRange(histogramOf(rectifiedWithOutlier), 99.9).max).toBeLessThan(5);
  });
});

/** The mean squared error that quantizing the values themselves with this range makes. */
function errorOf(values: Float32Array, range: Range, config: { dtype: "int8" | "uint8"; bits: number; scheme: Scheme }): number {
  const { scale, zeroPoint } = encodeRange(range, config);
  const encoding = { kind: "affine", dtype: config.dtype, bits: config.bits, scale: [scale], zeroPoint: [zeroPoint] } as const;
  const tensor = { dtype: "float32", shape: [values.length], data: values } as const;
  const real = dequantizeTensor(quantizeTensor(tensor, encoding), encoding).data as Float32Array;
  return values.reduce((sum, value, index) => sum + (value - real[index]!) ** 2, 0) / values.length;
}

describe("mseRange", () => {
  const cases = [
    ["gaussian", gaussian],
    ["gaussian with outliers", withOutliers],
    ["rectified with an outlier", rectifiedWithOutlier],
    ["swish with outliers", swish],
  ] as const;

  it.each(cases.flatMap(([name, values]) => ([4, 6, 8] as const).map((bits) => [name, bits, values] as const)))(
    "is as good as a dense search on %s at %d bits",
    (_, bits, values) => {
      for (const scheme of ["asymmetric", "symmetric"] as const) {
        const config = { dtype: "uint8", bits, scheme } as const;
        const histogram = histogramOf(values);
        const found = errorOf(values, mseRange(histogram, config), config);
        const { min, max } = histogram.range;
        let least = errorOf(values, { min, max }, config);
        for (let low = 0.1; low <= 1; low += 0.1) {
          for (let high = 0.05; high <= 1; high += 0.05) least = Math.min(least, errorOf(values, { min: min * low, max: max * high }, config));
        }
        expect(found).toBeLessThan(least * 1.03);
      }
    },
  );

  it("does not clip where clipping gains nothing", () => {
    const uniform = sample(20_000, () => random() * 2 - 1);
    const { min, max } = mseRange(histogramOf(uniform), { dtype: "uint8", bits: 8, scheme: "asymmetric" });
    expect(max - min).toBeGreaterThan(1.97);
    expect(mseRange(histogramOf(gaussian), { dtype: "uint16", bits: 16, scheme: "asymmetric" }).max).toBeGreaterThan(3.5);
  });
});

/** KL(P || Q) of a window, built bin by bin. */
function divergenceByBins({ counts, width, zeros }: Histogram, range: Range, levels: number): number {
  const zero = counts.length / 2;
  const mass = Array.from(counts, (count, index) => count - (index === zero ? zeros : 0));
  const from = Math.floor(range.min / width) + zero;
  const to = Math.ceil(range.max / width) + zero;
  const total = mass.reduce((a, b) => a + b, 0);
  const window = mass.slice(from, to);
  const inside = window.reduce((a, b) => a + b, 0);
  const p = [...window];
  p[0]! += mass.slice(0, from).reduce((a, b) => a + b, 0);
  p[p.length - 1]! += mass.slice(to).reduce((a, b) => a + b, 0);
  const q = window.map(() => 0);
  for (let level = 0; level < levels; level++) {
    const start = Math.floor((level * window.length) / levels);
    const end = Math.floor(((level + 1) * window.length) / levels);
    const occupied = window.slice(start, end).filter((count) => count > 0).length;
    const sum = window.slice(start, end).reduce((a, b) => a + b, 0);
    for (let index = start; index < end; index++) q[index] = window[index]! > 0 ? sum / occupied : 0;
  }
  return p.reduce((sum, each, index) => (each > 0 ? sum + (each / total) * Math.log(each / total / (Math.max(q[index]!, 1e-4) / inside)) : sum), 0);
}

describe("entropyRange", () => {
  it("finds the symmetric window of least divergence", () => {
    const histogram = histogramOf(withOutliers);
    const levels = 255;
    const found = entropyRange(histogram, { levels, symmetric: true });
    const least = divergenceByBins(histogram, found, levels);
    const reach = histogram.counts.length / 2;
    for (let half = reach / 8; half <= reach; half += reach / 64) {
      const rival = { min: -half * histogram.width, max: half * histogram.width };
      expect(least).toBeLessThanOrEqual(divergenceByBins(histogram, rival, levels) + 1e-3);
    }
  });

  it("clips outliers at both ends, each by its own measure", () => {
    const { min, max } = entropyRange(histogramOf(swish), { levels: 256 });
    expect(max).toBeLessThan(20);
    expect(max).toBeGreaterThan(2);
    expect(min).toBeGreaterThanOrEqual(-0.3);
    expect(min).toBeLessThan(-0.2);
  });

  it("never clips a one-sided tensor on the side where it has nothing", () => {
    const { min, max } = entropyRange(histogramOf(rectifiedWithOutlier), { levels: 256 });
    expect(min).toBe(0);
    expect(max).toBeGreaterThan(2);
    expect(max).toBeLessThan(30);
  });

  it("is not misled by the spike of zeros behind a Relu", () => {
    const dense = Float32Array.from(rectified.filter((value) => value > 0));
    const spiked = Float32Array.from([...dense, ...new Float32Array(200_000)]);
    expect(entropyRange(histogramOf(spiked), { levels: 256 }).max).toBe(entropyRange(histogramOf(dense), { levels: 256 }).max);
  });

  it("keeps the whole range of what is constant, tiny, or on a finer grid than the histogram", () => {
    expect(entropyRange(histogramOf(Float32Array.of(2, 2, 2)), { levels: 256 })).toEqual({ min: 2, max: 2 });
    expect(entropyRange(histogramOf(new Float32Array(3)), { levels: 256 })).toEqual({ min: 0, max: 0 });
    expect(entropyRange(histogramOf(withOutliers), { levels: 65_536 })).toEqual({ min: -35, max: 40 });
  });
});

describe("every clipping", () => {
  it("answers with a range inside the observed one that still can be encoded", () => {
    const anyValues = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }).map((each) => Float32Array.from(each));
    fc.assert(
      fc.property(anyValues, fc.constantFrom<Scheme>("asymmetric", "symmetric", "symmetric-uint8", "power-of-two"), (values, scheme) => {
        const histogram = histogramOf(values);
        const config = { dtype: "int8", bits: 8, scheme } as const;
        const { min, max } = codeRange(config);
        const ranges = [
          percentileRange(histogram, 99.9),
          mseRange(histogram, config),
          entropyRange(histogram, { levels: max - min + 1, symmetric: scheme !== "asymmetric" }),
        ];
        for (const range of ranges) {
          expect(range.min).toBeGreaterThanOrEqual(Math.min(histogram.range.min, 0));
          expect(range.max).toBeLessThanOrEqual(Math.max(histogram.range.max, 0));
          expect(encodeRange(range, config).scale).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
