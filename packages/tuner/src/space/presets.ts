/**
 * The spaces of Quantune (Lee et al., arXiv 2202.05048) and a wider one. Values stand in the order in which the paper's grid search tries them.
 */
import { QuantError, type SearchDimension, type SearchRule, type SearchSpace } from "@halftone/core";

export interface PresetOptions {
  /** Calibration images to choose from, ascending. Default 1, 64, 512; the paper has 1, 1000, 10000. */
  readonly images?: readonly number[];
}

export interface FullOptions extends PresetOptions {
  /** Methods to choose from, by the names under which the executor knows them. Default `min-max` alone. */
  readonly methods?: readonly string[];
  /** Widths of weights and activations, such as `w8a8`. Default `w8a8`. */
  readonly bits?: readonly string[];
  /** How many of the most sensitive layers stay in float, to choose from, such as 0, 2, 4. Default: no such choice. */
  readonly sensitive?: readonly number[];
}

const scheme: SearchDimension = { name: "scheme", values: ["asymmetric", "symmetric", "power-of-two", "symmetric-uint8"] };
const granularity: SearchDimension = { name: "granularity", values: ["tensor", "channel"] };
const precision: SearchDimension = { name: "precision", values: ["int8", "mixed"] };

/** The paper's general space: 96 candidates. */
export function quantune96({ images = [1, 64, 512] }: PresetOptions = {}): SearchSpace {
  return {
    name: "quantune-96",
    dimensions: [scheme, { name: "clipping", values: ["max", "kl"] }, granularity, { name: "images", values: images }, precision],
  };
}

/**
 * For accelerators without floating point: 12 candidates, all per tensor with power-of-two scales. Where the paper fuses a convolution with its
 * ReLU or not, the first and last layers stay in float or not: fusion follows from the runtime here.
 */
export function integerOnly12({ images = [1, 64, 512] }: PresetOptions = {}): SearchSpace {
  return {
    name: "integer-only-12",
    dimensions: [
      { name: "scheme", values: ["power-of-two"] },
      { name: "clipping", values: ["max", "kl"] },
      { name: "granularity", values: ["tensor"] },
      { name: "images", values: images },
      { name: "precision", values: ["int8", "mixed"] },
    ],
  };
}

/** Every clipping, the methods and widths asked for. Methods other than `min-max` find ranges by themselves. */
export function fullSpace({ images = [1, 64, 512], methods = ["min-max"], bits = ["w8a8"], sensitive }: FullOptions = {}): SearchSpace {
  return {
    name: "full",
    dimensions: [
      { name: "method", values: methods },
      { name: "bits", values: bits },
      scheme,
      { name: "clipping", values: ["max", "kl", "percentile", "mse"], when: { method: methods.filter((method) => method === "min-max") } },
      granularity,
      { name: "images", values: images },
      precision,
      ...(sensitive ? [{ name: "sensitive", values: sensitive }] : []),
    ],
    rules: clippingNeedsImages(images),
  };
}

/** By name, as a command line or a configuration file gives it. @throws `unknown-name`. */
export function presetSpace(name: string, options: FullOptions = {}): SearchSpace {
  switch (name) {
    case "quantune-96":
      return quantune96(options);
    case "integer-only-12":
      return integerOnly12(options);
    case "full":
      return fullSpace(options);
    default:
      throw new QuantError("unknown-name", `There is no search space "${name}"; known: quantune-96, integer-only-12, full.`, { details: { name } });
  }
}

const fewestForHistogram = 16;

function clippingNeedsImages(images: readonly number[]): readonly SearchRule[] {
  const enough = images.filter((count) => count >= fewestForHistogram);
  if (enough.length === images.length) return [];
  const reason = `divergence, percentiles and squared error want ${fewestForHistogram} images or more`;
  return [{ when: { clipping: ["kl", "percentile", "mse"] }, only: { images: enough }, reason }];
}
