import type { AffineEncoding, TensorConfig } from "../spec/index.ts";
import { containerBits } from "./code-range.ts";
import type { AffineParameters } from "./encode-range.ts";
import type { ScaleLayout } from "./scale-groups.ts";

/** The encoding as a plan writes it: no `bits` where the grid fills its container, no axis where there is one scale. */
export function affineEncoding(
  { dtype, bits }: Pick<TensorConfig, "dtype" | "bits">,
  parameters: readonly AffineParameters[],
  layout: ScaleLayout = {},
): AffineEncoding {
  return {
    kind: "affine",
    dtype,
    ...(bits < containerBits[dtype] && { bits }),
    scale: parameters.map(({ scale }) => scale),
    zeroPoint: parameters.map(({ zeroPoint }) => zeroPoint),
    ...layout,
  };
}
