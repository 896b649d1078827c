import { type AffineEncoding, encodeWeight, type IntegerDtype, isSigned, type Layer, type PlanContext, type Tensor, type WeightSite } from "@halftone/core";
import { searchFactors } from "./factors.ts";
import type { Settings } from "./options.ts";

/** Where the search of a weight's scales starts, and what it may multiply them with. */
export interface WeightStart {
  readonly encoding: AffineEncoding;
  readonly factors: readonly number[];
  /** By scale: scales with equal numbers get one factor. */
  readonly blocks: readonly number[];
}

/** `layer` has a weight. */
export function weightStart(context: PlanContext, layer: Layer, settings: Settings): WeightStart {
  const site = context.placement.weights.find(({ tensor }) => tensor === layer.weight)!;
  const encoding = symmetricWeight(context.graph.value(site.tensor)!.constant!, site);
  const factors = searchFactors(site.config, settings.candidates);
  // Scales along the reduction are no output channels: what each of them costs cannot be told apart.
  if (site.config.granularity !== "channel") return { encoding, factors, blocks: encoding.scale.map(() => 0) };
  if (!settings.paperGranularity || layer.kind === "convolution") return { encoding, factors, blocks: [...encoding.scale.keys()] };
  const count = makesQueryKeyAndValue(context, layer) ? 3 : 1;
  const blocks = encoding.scale.map((_, channel) => Math.floor((channel * count) / encoding.scale.length));
  return { encoding: joined(encoding, blocks), factors, blocks };
}

/** Step max|w| / (2^(k-1) - 0.5), which is that of a symmetric grid of an unsigned type; core's signed ones end at the largest weight. */
function symmetricWeight(weight: Tensor, site: WeightSite): AffineEncoding {
  const { scheme, dtype } = site.config;
  if (scheme === "power-of-two") return encodeWeight(weight, site);
  const unsigned = (isSigned(dtype) ? `u${dtype}` : dtype) as IntegerDtype;
  const { zeroPoint, ...encoding } = encodeWeight(weight, { ...site, config: { ...site.config, dtype: unsigned, scheme: "symmetric" } });
  return { ...encoding, dtype, zeroPoint: isSigned(dtype) ? zeroPoint.map(() => 0) : zeroPoint };
}

function makesQueryKeyAndValue({ structure }: PlanContext, { node }: Layer): boolean {
  return structure.attentions.some(({ kind, projections }) => kind === "product" && projections.length === 1 && projections[0] === node);
}

/** Every scale is the largest of its block. */
function joined(encoding: AffineEncoding, blocks: readonly number[]): AffineEncoding {
  const largest: number[] = [];
  encoding.scale.forEach((scale, channel) => {
    const block = blocks[channel]!;
    largest[block] = Math.max(largest[block] ?? 0, scale);
  });
  return { ...encoding, scale: blocks.map((block) => largest[block]!) };
}
