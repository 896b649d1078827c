/**
 * A streaming histogram whose range grows without moving a single count.
 *
 * Bins are aligned to zero and their width is a power of two: bin i covers [i w, (i + 1) w) for i in [-n, n). When a
 * value falls outside, the width doubles and bins 2 i and 2 i + 1 become bin i, exactly. The width is always the
 * smallest power of two that holds the largest magnitude seen, so it depends on the values and not on their order:
 * merging histograms of parts gives the histogram of the whole, count for count.
 *
 * Exact zeros are also counted apart: every grid represents zero exactly, so a clipping search that mistook the spike
 * behind a Relu for signal would be misled. NaN and infinities are counted and never binned.
 */
import { QuantError } from "../spec/index.ts";
import { emptyRange, finiteRangeOf, type Range, unionOf } from "./range.ts";

export interface Histogram {
  /** Width of one bin; a power of two. */
  readonly width: number;
  /** 2 n counts; index n is the first bin at or above zero. */
  readonly counts: Float64Array;
  /** Finite values, zeros included. */
  readonly total: number;
  /** Values that are exactly zero; they are part of `counts` too. */
  readonly zeros: number;
  /** Extremes of the finite values; empty before the first one. */
  readonly range: Range;
  readonly nan: number;
  readonly infinite: number;
}

export interface HistogramBuilder {
  add(values: Float32Array): void;
  merge(other: Histogram): void;
  result(): Histogram;
}

/** Half of float32's smallest subnormal would do; this keeps 1 / width finite in float64. */
const smallestWidth = 2 ** -200;

/** Values that may be counted before the recent counts must be added to the others. */
const mostRecent = 2 ** 16 - 1;

/** `bins` to each side of zero; between half and all of them are in use on the longer side. */
export function createHistogram(bins = 2048): HistogramBuilder {
  let width = smallestWidth;
  let counts = new Float64Array(2 * bins);
  // Where values are counted first: small enough that hundreds of histograms stay in the cache.
  const recent = new Uint16Array(2 * bins);
  let recentTotal = 0;
  let [total, zeros, nan, infinite] = [0, 0, 0, 0];
  let range = emptyRange;

  const settle = (): void => {
    if (recentTotal === 0) return;
    for (let index = 0; index < recent.length; index++) counts[index]! += recent[index]!;
    recent.fill(0);
    recentTotal = 0;
  };

  const cover = (wanted: Range): void => {
    const needed = widthFor(Math.max(-wanted.min, wanted.max), bins);
    if (needed > width) {
      settle();
      counts = coarsen(counts, bins, Math.min(31, Math.log2(needed / width)));
      width = needed;
    }
    range = unionOf([range, wanted]);
  };

  const bin = (values: Float32Array): void => {
    for (let start = 0; start < values.length; start += mostRecent) {
      const part = values.length > mostRecent ? values.subarray(start, start + mostRecent) : values;
      if (recentTotal + part.length > mostRecent) settle();
      zeros += part.length - countInto(recent, part, 1 / width, bins);
      recentTotal += part.length;
    }
    total += values.length;
  };

  return {
    add: (values) => {
      if (values.length === 0) return;
      const seen = finiteRangeOf(values);
      if (seen) {
        cover(seen);
        bin(values);
        return;
      }
      const finite = values.filter((value) => Number.isFinite(value));
      const notNumbers = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
      nan += notNumbers;
      infinite += values.length - finite.length - notNumbers;
      if (finite.length === 0) return;
      cover(finiteRangeOf(finite)!);
      bin(finite);
    },
    merge: (other) => {
      nan += other.nan;
      infinite += other.infinite;
      if (other.total === 0) return;
      if (other.counts.length !== 2 * bins) throw new QuantError("internal", "Histograms of different bin counts cannot be merged.");
      cover(other.range);
      const ratio = width / other.width;
      other.counts.forEach((count, index) => {
        counts[Math.floor((index - bins) / ratio) + bins]! += count;
      });
      total += other.total;
      zeros += other.zeros;
    },
    result: () => {
      settle();
      return { width, counts: counts.slice(), total, zeros, range, nan, infinite };
    },
  };
}

/**
 * Counts values into bins; answers how many are not zero. That is read from the bits, without the sign, because a
 * comparison would be a branch that half of a rectified tensor mispredicts.
 */
function countInto(counts: Uint16Array, values: Float32Array, perUnit: number, bins: number): number {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let nonZero = 0;
  for (let index = 0; index < values.length; index++) {
    counts[Math.floor(values[index]! * perUnit) + bins]!++;
    const magnitude = bits[index]! << 1;
    nonZero += (magnitude | -magnitude) >>> 31;
  }
  return nonZero;
}

/** The smallest power of two w with magnitude < bins w. */
function widthFor(magnitude: number, bins: number): number {
  if (magnitude === 0) return smallestWidth;
  let width = 2 ** (Math.floor(Math.log2(magnitude / bins)) + 1);
  while (magnitude >= bins * width) width *= 2;
  while (magnitude < (bins * width) / 2) width /= 2;
  return width;
}

function coarsen(counts: Float64Array, bins: number, doublings: number): Float64Array<ArrayBuffer> {
  const coarse = new Float64Array(counts.length);
  for (let index = 0; index < counts.length; index++) coarse[((index - bins) >> doublings) + bins]! += counts[index]!;
  return coarse;
}
