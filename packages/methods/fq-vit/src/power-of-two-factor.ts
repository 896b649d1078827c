/**
 * Power-of-Two Factor: channels of one tensor share a step s and a zero point, and each has a whole exponent of its own.
 *
 *     s = (max - min) / n / 2^K        zeroPoint from the coarsest step, 2^K s
 *     a_c = argmin over a in 0 ... K of sum (x - Q(x; 2^a s))^2 over the values of channel c
 *     code = clamp(round(x / (2^(a_c) s)) + zeroPoint)
 *
 * (FQ-ViT, arXiv 2111.13824, section 3.2.) An integer LayerNorm shifts (code - zeroPoint) by a_c and has all channels in units of s; here the
 * same numbers are an affine grid with the scale 2^(a_c) s along the channels.
 */
import {
  type AffineEncoding,
  type AffineParameters,
  affineEncoding,
  boundedRange,
  codeRange,
  encodeRange,
  type Observation,
  observeChannelExtremes,
  type Range,
  roundHalfEven,
  type Statistics,
  type TensorConfig,
  unionOf,
} from "@halftone/core";
import { type ChannelSample, observeChannelSample } from "./channel-sample.ts";
import type { FactoredSite } from "./factored-sites.ts";
import type { Settings } from "./options.ts";

type Grid = Pick<TensorConfig, "dtype" | "bits">;

/** What `encodeFactored` wants to see. */
export function factorObservations({ site, axis }: FactoredSite): readonly Observation<unknown>[] {
  return site.observed.flatMap((tensor) => [observeChannelExtremes(tensor, axis), observeChannelSample(tensor, axis)]);
}

/** The encoding of a site whose extremes are finite. */
export function encodeFactored(
  { site, axis }: FactoredSite,
  statistics: Statistics,
  { zeroPointGuard, largestExponent }: Pick<Settings, "zeroPointGuard" | "largestExponent">,
): AffineEncoding {
  const { observed, config, bounds = {} } = site;
  const extremes = observed.map((tensor) => statistics.get(observeChannelExtremes(tensor, axis)));
  const ranges = extremes[0]!.map((_, channel) => unionOf(extremes.map((each) => each[channel]!)));
  const range = unionOf(ranges);
  const coarsest = encodeRange(boundedRange(range, range, bounds, config), config, { zeroPointGuard });
  const samples = observed.map((tensor) => statistics.get(observeChannelSample(tensor, axis)));
  const exponents = chooseExponents({ coarsest, ranges, samples, largest: largestExponent, grid: config });
  const parameters = exponents.map((exponent) => ({ scale: stepOf(coarsest, exponent, largestExponent), zeroPoint: coarsest.zeroPoint }));
  return affineEncoding(config, parameters, { axis });
}

export interface Channels {
  /** The grid of the whole tensor. */
  readonly coarsest: AffineParameters;
  /** Extremes per channel. They count once more than the sample says: a rare value that it does not hold must not be clipped for free. */
  readonly ranges: readonly Range[];
  readonly samples: readonly ChannelSample[];
  readonly largest: number;
  readonly grid: Grid;
}

/** a_c of every channel; the smallest of equals. */
export function chooseExponents({ coarsest, ranges, samples, largest, grid }: Channels): readonly number[] {
  const codes = codeRange(grid);
  const [low, high] = [codes.min - coarsest.zeroPoint, codes.max - coarsest.zeroPoint];
  return ranges.map(({ min, max }, channel) => {
    const errorOf = (exponent: number): number => {
      const step = stepOf(coarsest, exponent, largest);
      const error = (value: number): number => (value - Math.min(Math.max(roundHalfEven(value / step), low), high) * step) ** 2;
      let sum = error(min) + error(max);
      for (const { channels, values } of samples) {
        for (let index = channel; index < values.length; index += channels) sum += error(values[index]!);
      }
      return sum;
    };
    const errors = Array.from({ length: largest + 1 }, (_, exponent) => errorOf(exponent));
    return errors.indexOf(Math.min(...errors));
  });
}

/** 2^a s. */
function stepOf({ scale }: AffineParameters, exponent: number, largest: number): number {
  return scale * 2 ** (exponent - largest);
}
