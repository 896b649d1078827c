import {
  type AffineEncoding,
  encodeRange,
  encodeWeight,
  floatValues,
  smallestScale,
  type Tensor,
  type TensorConfig,
  visitGroups,
  type WeightSite,
} from "@halftone/core";

/** BasePTQ knows symmetric grids only. Powers of two stay what they are: they are symmetric, and asked for because of the hardware. */
export function symmetricConfig(config: TensorConfig): TensorConfig {
  return config.scheme === "power-of-two" ? config : { ...config, scheme: "symmetric" };
}

/** Steps of max|w| / (2^(k-1) - 0.5), half a step beyond both ends; `encodeWeight` ends on the largest weight where there are more than 4 bits. */
export function symmetricWeight(weight: Tensor, site: WeightSite): AffineEncoding {
  const config = symmetricConfig(site.config);
  const encoding = encodeWeight(weight, { ...site, config });
  const largest = new Float64Array(encoding.scale.length);
  const values = floatValues(weight);
  visitGroups(weight.shape, encoding, (group, start, count, stride) => {
    for (let index = 0; index < count; index++) largest[group] = Math.max(largest[group]!, Math.abs(values[start + index * stride]!));
  });
  // A dead channel keeps the step that its neighbours gave it.
  const stepOf = (magnitude: number, given: number): number =>
    magnitude < smallestScale ? given : encodeRange({ min: -magnitude, max: magnitude }, config).scale;
  return { ...encoding, scale: encoding.scale.map((given, group) => stepOf(largest[group]!, given)) };
}
