/**
 * Encodings of constant weights.
 *
 * Signed symmetric grids of more than 4 bits are narrow, [-qmax, qmax]: the largest weight keeps an exact code, which is
 * worth 1.3 dB to a 3 x 3 depthwise filter at 8 bits and nothing to a long one, and weights that were on such a grid before
 * (quantization-aware training writes them so) come back unchanged. At 4 bits and less the lowest code is worth more: 0.6 dB
 * at 4 bits, 1.1 at 3, for a channel of 576 weights.
 *
 * A channel of zeros has no scale of its own. It takes the median of its neighbours', because the int32 bias behind it is
 * divided by this scale and a tiny one overflows.
 */
import { type AffineEncoding, QuantError, type Tensor, type WeightSite } from "../spec/index.ts";
import { affineEncoding } from "./affine-encoding.ts";
import { type AffineParameters, encodeRange, smallestScale } from "./encode-range.ts";
import { floatValues } from "./float-values.ts";
import { percentile } from "./percentile.ts";
import { finiteRangeOf, type Range } from "./range.ts";
import { type ScaleLayout, scaleCount, visitGroups } from "./scale-groups.ts";
import { shrinkToLeastError } from "./shrink-range.ts";

export interface EncodeWeightOptions {
  /** `max` keeps every value inside the grid; `mse` shrinks each range to where its squared error is least. Default `max`. */
  readonly clipping?: "max" | "mse";
}

/** @throws `invalid-data` when the weight holds NaN or infinity. */
export function encodeWeight(
  weight: Tensor,
  site: Pick<WeightSite, "tensor" | "channelAxis" | "reductionAxis" | "config">,
  { clipping = "max" }: EncodeWeightOptions = {},
): AffineEncoding {
  const { config } = site;
  const layout = layoutOf(site);
  const values = floatValues(weight);
  const groups = gather(values, weight.shape, layout);
  const options = { narrow: config.bits > 4 };
  const ranges = groups.map((group) => rangeOfWeights(group, site.tensor));
  const encode = (range: Range, index: number): AffineParameters =>
    encodeRange(clipping === "mse" ? shrinkToLeastError(groups[index]!, range, config, options) : range, config, options);
  const parameters = ranges.map(encode);
  const live = parameters.filter((_, index) => !isDead(ranges[index]!));
  const neighbour =
    live.length > 0
      ? Math.fround(
          percentile(
            live.map(({ scale }) => scale),
            50,
          ),
        )
      : 1;
  return affineEncoding(
    config,
    parameters.map((each, index) => (isDead(ranges[index]!) ? { ...each, scale: neighbour } : each)),
    layout,
  );
}

function layoutOf({ tensor, channelAxis, reductionAxis, config }: Pick<WeightSite, "tensor" | "channelAxis" | "reductionAxis" | "config">): ScaleLayout {
  if (config.granularity === "tensor") return {};
  if (config.granularity === "channel") return { axis: channelAxis };
  if (config.blockSize === undefined) {
    throw new QuantError("invalid-config", `Weight "${tensor}" is to be quantized in blocks, but its configuration has no blockSize.`, {
      details: { field: "blockSize", tensor },
    });
  }
  return { axis: reductionAxis, block: config.blockSize };
}

/** The values behind each scale. */
function gather(values: Float32Array, shape: readonly number[], layout: ScaleLayout): readonly Float32Array[] {
  if (layout.axis === undefined) return [values];
  const sizes = new Uint32Array(scaleCount(shape, layout));
  visitGroups(shape, layout, (scale, _, count) => {
    sizes[scale]! += count;
  });
  const groups = Array.from(sizes, (size) => new Float32Array(size));
  sizes.fill(0);
  visitGroups(shape, layout, (scale, start, count, stride) => {
    const group = groups[scale]!;
    for (let index = 0; index < count; index++) group[sizes[scale]!++] = values[start + index * stride]!;
  });
  return groups;
}

function rangeOfWeights(values: Float32Array, tensor: string): Range {
  if (values.length === 0) return { min: 0, max: 0 };
  const range = finiteRangeOf(values);
  if (range) return range;
  throw new QuantError("invalid-data", `Weight "${tensor}" holds NaN or infinity and cannot be quantized; repair the model or leave its nodes in float.`, {
    details: { tensor },
  });
}

function isDead({ min, max }: Range): boolean {
  return Math.max(-min, max) < smallestScale;
}
