import { codeRange, floatValues, isSigned, leastSquaresChange, type Rest, roundByHalves, secondMoments } from "../numerics/index.ts";
import { encodeCodes } from "../plan/index.ts";
import type { AffineEncoding, Layer, LayerSample, Moments, NodeView, Tensor } from "../spec/index.ts";
import { pause } from "./pause.ts";
import { rightScales } from "./sides.ts";
import { asRight, placeOf, weightLayoutOf } from "./weight-layout.ts";

/** Elements that make up for each other, at most: the time grows with the cube. */
const largestBlock = 768;

/** So many elements take long enough to look after other events in between. */
const longBlock = 256;

/** Of the elements from `from` to `to`, with the weight as it is so far: float32 [B, D, M]. With rows counted as they matter, then in other ways. */
export type MomentsOf = (elements: { readonly from: number; readonly to: number }, right: Tensor) => Promise<readonly Moments[]>;

export interface CompensatedWeightOptions {
  readonly layer: Layer;
  readonly node: NodeView;
  /** After the rescaling of what the layer reads. */
  readonly weight: Tensor;
  readonly encoding: AffineEncoding;
  /** Whether scales may be changed, where each is that of one output channel. */
  readonly ownScales: boolean;
  /** Of each half of the samples. With a single half the weight makes up for its own rounding only. */
  readonly halves: readonly MomentsOf[];
  readonly signal?: AbortSignal;
}

export interface CompensatedWeight {
  /** As a plan holds them. */
  readonly codes: string;
  /** As given, but for the scales. */
  readonly encoding: AffineEncoding;
}

/**
 * Codes of a weight: first the weight makes up for the errors of what it multiplies, as far as that carries over from one half of the
 * samples to the other, then each code for the rounding of those before it.
 *
 * @throws `aborted` soon after the signal says so.
 */
export async function compensatedWeight({ layer, node, weight, encoding, ownScales, halves, signal }: CompensatedWeightOptions): Promise<CompensatedWeight> {
  const layout = weightLayoutOf(layer, node);
  const { batch, depth, columns, kernel } = layout;
  const right = asRight(floatValues(weight), layout);
  const values = right.data as Float32Array;
  const { shape, indexOf } = rightScales({ layer, right } satisfies Pick<LayerSample, "layer" | "right">, node, encoding, () => undefined);
  const scaleIndex = (entry: number, row: number, column: number): number => {
    const [entries, rows, across] = shape as [number, number, number];
    return indexOf(((entries === 1 ? 0 : entry) * rows + (rows === 1 ? 0 : row)) * across + (across === 1 ? 0 : column));
  };
  const codes = isSigned(encoding.dtype) ? new Int8Array(values.length) : new Uint8Array(values.length);
  const block = Math.max(Math.floor(largestBlock / kernel), 1) * kernel;
  const scale = [...encoding.scale];
  const isOwn = ownScales && block >= depth && scale.length === batch * columns && encoding.block === undefined;
  for (let from = 0; from < depth; from += block) {
    const to = Math.min(from + block, depth);
    const rest: Rest = async () => {
      if (to - from >= longBlock) await pause(signal);
    };
    const seen: (readonly Moments[])[] = [];
    for (const momentsOf of halves) seen.push(await momentsOf({ from, to }, right));
    for (let entry = 0; entry < batch; entry++) {
      const own = values.subarray((entry * depth + from) * columns, (entry * depth + to) * columns);
      const moments = seen.map((countings) =>
        countings.map(({ second, missing }) => ({ second: secondMoments(entryOf(second, entry), to - from), missing: entryOf(missing, entry) })),
      );
      const change = await leastSquaresChange(moments, { depth: to - from, columns, rest });
      if (change) for (let index = 0; index < own.length; index++) own[index]! += change[index]!;
      const indexAt = (position: number): number => scaleIndex(entry, from + Math.floor(position / columns), position % columns);
      const [scaleOf, zeroPointOf] = [(position: number) => encoding.scale[indexAt(position)]!, (position: number) => encoding.zeroPoint[indexAt(position)]!];
      const rounded = await roundByHalves(
        { weight: own, depth: to - from, columns, scaleOf, zeroPointOf, codes: codeRange(encoding), ownScales: isOwn },
        moments.map((countings) => countings.map(({ second }) => second)),
        rest,
      );
      rounded.factors.forEach((factor, column) => {
        if (isOwn) scale[indexAt(column)] = Math.fround(scaleOf(column) * factor);
      });
      rounded.codes.forEach((code, index) => {
        codes[placeOf(layout, entry, from + Math.floor(index / columns), index % columns)] = code;
        own[index] = (code - zeroPointOf(index)) * scale[indexAt(index)]!;
      });
    }
  }
  return { codes: encodeCodes(codes), encoding: { ...encoding, scale } };
}

function entryOf({ shape, data }: Tensor, entry: number): Float32Array {
  const size = shape[1]! * shape[2]!;
  return (data as Float32Array).subarray(entry * size, (entry + 1) * size);
}
