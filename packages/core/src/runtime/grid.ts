/**
 * An affine encoding as a session is fed it: scale and the lowest and highest multiple of it, each broadcast to the operand of the
 * product,
 *
 *     real = Min(Max(Round(x / scale), low), high) * scale        low = smallest code - zero point, high likewise
 *
 * which is what DequantizeLinear makes of QuantizeLinear's code, to the bit: both divide and multiply in float32.
 */
import { codeRange } from "../numerics/index.ts";
import { type AffineEncoding, QuantError, type Tensor } from "../spec/index.ts";

export interface Grid {
  readonly scale: Tensor;
  readonly low: Tensor;
  readonly high: Tensor;
}

/** Which scale the elements of a [B, ., .] operand use: the shape to broadcast from, and the scale of each of its elements. */
export interface ScalePlacement {
  readonly shape: readonly number[];
  readonly indexOf: (position: number) => number;
}

export function gridOf(encoding: AffineEncoding, { shape, indexOf }: ScalePlacement): Grid {
  const { min, max } = codeRange(encoding);
  const count = shape.reduce((product, size) => product * size, 1);
  const tensor = (numberOf: (index: number) => number): Tensor => ({
    dtype: "float32",
    shape,
    data: Float32Array.from({ length: count }, (_, position) => numberOf(indexOf(position))),
  });
  return {
    scale: tensor((index) => encoding.scale[index]!),
    low: tensor((index) => min - encoding.zeroPoint[index]!),
    high: tensor((index) => max - encoding.zeroPoint[index]!),
  };
}

/** One grid as codes from 0 to `last` of a uint8, each number of shape [1, 1, 1]; undefined where it has several scales or more codes. */
export function codesOf(encoding: AffineEncoding): Readonly<Record<"scale" | "zero" | "last", Tensor>> | undefined {
  const { min, max } = codeRange(encoding);
  if (encoding.scale.length !== 1 || max - min > 255) return undefined;
  const number = (value: number): Tensor => ({ dtype: "float32", shape: [1, 1, 1], data: Float32Array.of(value) });
  return { scale: number(encoding.scale[0]!), zero: number(encoding.zeroPoint[0]! - min), last: number(max - min) };
}

export const oneScale: ScalePlacement = { shape: [1, 1, 1], indexOf: () => 0 };

export function refuseAxis(tensor: string, axis: number | undefined): never {
  throw new QuantError("unsupported-encoding", `The search cannot see scales of "${tensor}" along axis ${axis}: its product has no such side.`, {
    details: { tensor, axis: axis ?? null },
  });
}
