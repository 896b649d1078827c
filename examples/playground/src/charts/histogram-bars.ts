import type { Histogram } from "@halftone/core";

/** Values in [from, to). */
export interface HistogramBar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The occupied part of a histogram as at most `most` bars of one width; none where nothing was counted. */
export function histogramBars({ counts, width, range, total }: Histogram, most: number): readonly HistogramBar[] {
  if (total === 0) return [];
  const zero = counts.length / 2;
  const first = Math.floor(range.min / width);
  const last = Math.floor(range.max / width);
  const group = Math.ceil((last - first + 1) / most);
  const bars: HistogramBar[] = [];
  for (let bin = first; bin <= last; bin += group) {
    const count = counts.subarray(bin + zero, bin + group + zero).reduce((sum, each) => sum + each, 0);
    bars.push({ from: bin * width, to: (bin + group) * width, count });
  }
  return bars;
}

/** Share of the values beyond the outermost lines of a grid by more than half a step, to the width of a bin: those that it clips. */
export function clippedShare({ counts, width, total }: Histogram, lines: readonly number[]): number {
  if (total === 0 || lines.length < 2) return 0;
  const lowest = lines[0]! - (lines[1]! - lines[0]!) / 2;
  const highest = lines.at(-1)! + (lines.at(-1)! - lines.at(-2)!) / 2;
  const zero = counts.length / 2;
  const clipped = counts.reduce((sum, count, index) => {
    const middle = (index - zero + 0.5) * width;
    return middle < lowest || middle > highest ? sum + count : sum;
  }, 0);
  return clipped / total;
}
