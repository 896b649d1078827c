/**
 * Clips activations three standard deviations beyond the extremes of a typical sample.
 *
 * The largest value of a tensor differs from sample to sample. One unusual sample should not make the steps of the grid
 * larger for all others: with m and s the mean and the standard deviation of the samples' maxima, the range ends at
 * m + 3 s, or at the largest value seen if that is less; its lower end likewise.
 */
import { affineEncoding, answerSites, boundedRange, encodeRange, encodeWeight, type Observation, type QuantMethod, type Range, unionOf } from "@halftone/core";
import { createMoments, type Moments } from "./moments.ts";

export interface ThreeSigmaOptions {
  /** Default 3. */
  readonly deviations?: number;
}

interface Extremes {
  readonly min: Moments;
  readonly max: Moments;
}

export function threeSigma({ deviations = 3 }: ThreeSigmaOptions = {}): QuantMethod {
  return {
    name: "three-sigma",

    observe: ({ placement }) => placement.activations.flatMap((site) => site.observed.map(observeExtremes)),

    plan: async ({ graph, placement, statistics }) =>
      answerSites(placement, {
        activation: (site) => {
          const ranges = site.observed.map((tensor) => {
            const extremes = statistics.get(observeExtremes(tensor));
            return boundedRange(typicalRange(extremes, deviations), { min: extremes.min.least, max: extremes.max.most }, site.bounds ?? {}, site.config);
          });
          return affineEncoding(site.config, [encodeRange(unionOf(ranges), site.config)]);
        },
        weight: (site) => encodeWeight(graph.value(site.tensor)!.constant!, site),
      }),
  };
}

function typicalRange({ min, max }: Extremes, deviations: number): Range {
  return {
    min: Math.max(min.least, min.mean - deviations * min.deviation),
    max: Math.min(max.most, max.mean + deviations * max.deviation),
  };
}

/** What the method wants to see: per sample only the two extremes, which the runtime finds where the tensor is. */
function observeExtremes(tensor: string): Observation<Extremes> {
  return {
    key: `three-sigma:${tensor}`,
    tensor,
    reduction: { kind: "extremes" },
    createObserver: () => {
      const [min, max] = [createMoments(), createMoments()];
      return {
        update: ({ data }) => {
          min.add(data[0] as number);
          max.add(data[1] as number);
        },
        result: () => ({ min: min.result(), max: max.result() }),
      };
    },
  };
}
