import type { Range, Rescaling } from "@halftone/core";

/** How far channels are made alike: scale_c = activation_c^activation / weight_c^weight. */
export interface Strength {
  readonly activation: number;
  readonly weight: number;
}

/** Channels as if each had its own grid. */
export const ownGrids: Strength = { activation: 1, weight: 0 };

/**
 * Besides that half way there; half way with the weights' own ranges in view (as in SmoothQuant, arXiv 2211.10438); and where all weights share one scale,
 * weights that are alike.
 */
export function strengthsFor(sharesWeightScale: boolean): readonly Strength[] {
  const some = [ownGrids, { activation: 0.5, weight: 0 }, { activation: 0.5, weight: 0.5 }];
  return sharesWeightScale ? [...some, { activation: 0, weight: 1 }] : some;
}

export interface ChannelRanges {
  readonly axis: number;
  readonly ranges: readonly Range[];
  /** Largest magnitude of the weights behind each channel. */
  readonly weights: readonly number[];
}

/** No channel is stretched more than this against the widest one. */
const smallestShare = 1e-3;

/**
 * The rescaling that gives channels grids of their own. With `centred` each channel is moved so that it spans as much below as above
 * zero: its own zero point, also one that no code could hold.
 */
export function rescalingOf({ axis, ranges, weights }: ChannelRanges, strength: Strength, centred: boolean): Rescaling {
  const spans = ranges.map(({ min, max }) => (centred ? (max - min) / 2 : Math.max(-min, max)));
  const widest = Math.max(...spans, Number.MIN_VALUE);
  const heaviest = Math.max(...weights, Number.MIN_VALUE);
  const raw = spans.map((span, channel) => {
    const reach = Math.max(span / widest, smallestShare) ** strength.activation;
    return reach / Math.max(weights[channel]! / heaviest, smallestShare) ** strength.weight;
  });
  const mean = Math.exp(raw.reduce((sum, value) => sum + Math.log(value), 0) / raw.length);
  const scale = raw.map((value) => Math.fround(value / mean));
  if (!centred) return { axis, scale };
  return { axis, scale, shift: scale.map((value, channel) => Math.fround((ranges[channel]!.min + ranges[channel]!.max) / 2 / value)) };
}

/** Where the rescaled values lie. */
export function rescaledRange({ ranges }: ChannelRanges, { scale, shift }: Rescaling): Range {
  const ends = ranges.map(({ min, max }, channel) => {
    const offset = shift?.[channel] ?? 0;
    return { min: min / scale[channel]! - offset, max: max / scale[channel]! - offset };
  });
  return { min: Math.min(...ends.map(({ min }) => min)), max: Math.max(...ends.map(({ max }) => max)) };
}
