/**
 * The range that loses least information: minimises KL(P || Q), the divergence between the observed distribution P,
 * clipped to a window, and what Q a grid of `levels` codes can tell of it (Migacz, "8-bit inference with TensorRT", 2017).
 *
 * P holds the counts of the window's bins with everything outside added to the outermost bins. Q spreads the mass inside
 * each level evenly over the level's bins that are not empty. With prefix sums of counts, of occupied bins and of
 * p log p, a window costs one term per level instead of one per bin:
 *
 *     T KL = sum_b p_b log p_b - sum_l P_l log(m_l / c_l) - T log T + T log(mass inside)
 *
 * A window always contains zero. Two-sided windows shrink from the end that costs least, one step at a time (the
 * asymmetric search of Glow); symmetric ones shrink from both. Exact zeros are left out: every grid represents them.
 */
import type { Histogram } from "./histogram.ts";
import type { Range } from "./range.ts";

export interface EntropyOptions {
  /** Codes of the grid. A grid finer than the histogram cannot gain from clipping and keeps the whole range. */
  readonly levels: number;
  /** The grid has as many steps below zero as above. */
  readonly symmetric?: boolean;
}

/** Bins [from, to) of the prefix sums. */
interface Window {
  readonly from: number;
  readonly to: number;
}

const windowsPerSearch = 128;
/** Stands in for the mass of a level that is empty but for what was clipped into it. */
const emptyMass = 1e-4;

export function entropyRange(histogram: Histogram, { levels, symmetric = false }: EntropyOptions): Range {
  const { range, width } = histogram;
  const sums = prefixSums(histogram);
  const zero = histogram.counts.length / 2;
  const full = fullWindow(histogram, symmetric);
  const step = Math.max(1, Math.ceil((full.to - full.from) / windowsPerSearch));
  let window = full;
  let best = full;
  let least = divergence(sums, full, levels);
  while (window.to - window.from > levels) {
    const candidates = shrink(window, zero, step, symmetric).filter(({ from, to }) => to - from >= levels);
    if (candidates.length === 0) break;
    const scored = candidates.map((candidate) => ({ candidate, divergence: divergence(sums, candidate, levels) }));
    const next = scored.reduce((a, b) => (b.divergence < a.divergence ? b : a));
    window = next.candidate;
    if (next.divergence < least) [best, least] = [window, next.divergence];
  }
  return {
    min: best.from === full.from ? range.min : Math.max(range.min, (best.from - zero) * width),
    max: best.to === full.to ? range.max : Math.min(range.max, (best.to - zero) * width),
  };
}

function fullWindow({ counts }: Histogram, symmetric: boolean): Window {
  const zero = counts.length / 2;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const from = first < 0 ? zero : Math.min(first, zero);
  const to = Math.max(last + 1, zero);
  if (!symmetric) return { from, to };
  const reach = Math.max(zero - from, to - zero);
  return { from: zero - reach, to: zero + reach };
}

function shrink({ from, to }: Window, zero: number, step: number, symmetric: boolean): readonly Window[] {
  const narrowed = { from: Math.min(from + step, zero), to: Math.max(to - step, zero) };
  if (symmetric || from === zero || to === zero) return [narrowed];
  return [narrowed, { from: narrowed.from, to }, { from, to: narrowed.to }];
}

interface PrefixSums {
  readonly counts: Float64Array;
  readonly occupied: Float64Array;
  readonly entropy: Float64Array;
}

function prefixSums({ counts, zeros }: Histogram): PrefixSums {
  const zero = counts.length / 2;
  const sums = { counts: new Float64Array(counts.length + 1), occupied: new Float64Array(counts.length + 1), entropy: new Float64Array(counts.length + 1) };
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index]! - (index === zero ? zeros : 0);
    sums.counts[index + 1] = sums.counts[index]! + count;
    sums.occupied[index + 1] = sums.occupied[index]! + (count > 0 ? 1 : 0);
    sums.entropy[index + 1] = sums.entropy[index]! + weightedLog(count);
  }
  return sums;
}

const weightedLog = (mass: number): number => (mass > 0 ? mass * Math.log(mass) : 0);

function divergence({ counts, occupied, entropy }: PrefixSums, { from, to }: Window, levels: number): number {
  const total = counts.at(-1)!;
  const below = counts[from]!;
  const above = total - counts[to]!;
  const inside = total - below - above;
  if (inside <= 0) return total > 0 ? Number.POSITIVE_INFINITY : 0;
  const first = counts[from + 1]! - below;
  const last = counts[to]! - counts[to - 1]!;
  const clippedEntropy = weightedLog(first + below) - weightedLog(first) + weightedLog(last + above) - weightedLog(last);
  let crossEntropy = 0;
  let start = from;
  for (let level = 0; level < levels; level++) {
    const end = from + Math.floor(((level + 1) * (to - from)) / levels);
    const mass = counts[end]! - counts[start]!;
    const clipped = (level === 0 ? below : 0) + (level === levels - 1 ? above : 0);
    if (mass + clipped > 0) crossEntropy += (mass + clipped) * Math.log(Math.max(mass, emptyMass) / Math.max(occupied[end]! - occupied[start]!, 1));
    start = end;
  }
  return (entropy[to]! - entropy[from]! + clippedEntropy - crossEntropy) / total - Math.log(total) + Math.log(inside);
}
