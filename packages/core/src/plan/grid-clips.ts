import { codeRange } from "../numerics/index.ts";
import { clippingOf } from "../placement/absorb.ts";
import type { Encoding, NodeView } from "../spec/index.ts";

/**
 * Whether a grid ends where a Relu or Clip does, so that storing on it does the clipping. Half a step of slack: the outermost code may stand for a value
 * that the operator would move by less than rounding does.
 */
export function gridClips(node: NodeView, encoding: Encoding | undefined): boolean {
  const clipping = clippingOf(node);
  if (!clipping || encoding?.kind !== "affine" || encoding.scale.length !== 1) return false;
  const { min, max } = codeRange(encoding);
  const scale = encoding.scale[0]!;
  const real = (code: number): number => (code - encoding.zeroPoint[0]!) * scale;
  return real(min) >= clipping.min - scale / 2 && real(max) <= clipping.max + scale / 2;
}
