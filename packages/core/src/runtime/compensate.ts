import { codeRange, compensatedRounding, floatValues, isSigned } from "../numerics/index.ts";
import { encodeCodes } from "../plan/index.ts";
import type { AffineEncoding, Layer, LayerSample, NodeView, Tensor } from "../spec/index.ts";
import { rightScales } from "./sides.ts";
import { asRight, placeOf, weightLayoutOf } from "./weight-layout.ts";

/** Elements that make up for each other, at most: the time grows with the cube, and nothing else runs meanwhile, not even a request to stop. */
const largestBlock = 768;

export interface CompensatedCodesOptions {
  readonly layer: Layer;
  readonly node: NodeView;
  /** After the rescaling of what the layer reads. */
  readonly weight: Tensor;
  readonly encoding: AffineEncoding;
  /** Second moments [B, to - from, to - from] of the elements from `from` to `to` of the layer's rows. */
  readonly moments: (from: number, to: number) => Promise<Tensor>;
}

/** Codes of a weight, as a plan holds them, each making up for the rounding of those before it. */
export async function compensatedCodes({ layer, node, weight, encoding, moments }: CompensatedCodesOptions): Promise<string> {
  const layout = weightLayoutOf(layer, node);
  const { batch, depth, columns, kernel } = layout;
  const right = asRight(floatValues(weight), layout).data as Float32Array;
  const sample: Pick<LayerSample, "layer" | "right"> = { layer, right: { dtype: "float32", shape: [batch, depth, columns], data: right } };
  const { shape, indexOf } = rightScales(sample, node, encoding, () => undefined);
  const scaleIndex = (entry: number, row: number, column: number): number => {
    const [entries, rows, across] = shape as [number, number, number];
    return indexOf(((entries === 1 ? 0 : entry) * rows + (rows === 1 ? 0 : row)) * across + (across === 1 ? 0 : column));
  };
  const codes = isSigned(encoding.dtype) ? new Int8Array(right.length) : new Uint8Array(right.length);
  const block = Math.max(Math.floor(largestBlock / kernel), 1) * kernel;
  for (let from = 0; from < depth; from += block) {
    const to = Math.min(from + block, depth);
    const size = (to - from) ** 2;
    const seen = (await moments(from, to)).data as Float32Array;
    for (let entry = 0; entry < batch; entry++) {
      const start = (entry * depth + from) * columns;
      const indexAt = (position: number): number => scaleIndex(entry, from + Math.floor(position / columns), position % columns);
      const rounded = compensatedRounding({
        weight: right.subarray(start, (entry * depth + to) * columns),
        depth: to - from,
        columns,
        scaleOf: (position) => encoding.scale[indexAt(position)]!,
        zeroPointOf: (position) => encoding.zeroPoint[indexAt(position)]!,
        codes: codeRange(encoding),
        moments: seen.subarray(entry * size, (entry + 1) * size),
      });
      rounded.forEach((code, index) => {
        codes[placeOf(layout, entry, from + Math.floor(index / columns), index % columns)] = code;
      });
    }
  }
  return encodeCodes(codes);
}
