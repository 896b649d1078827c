/** Where the scales of an operand belong in the batched product. */
import { visitGroups } from "../numerics/index.ts";
import type { AffineEncoding, LayerSample, NodeView } from "../spec/index.ts";
import { oneScale, refuseAxis, type ScalePlacement } from "./grid.ts";
import { asRight, weightLayoutOf } from "./weight-layout.ts";

/** Sizes of a tensor of the network in a run; the batch may be another in the next. */
export type ShapeOf = (tensor: string) => readonly number[] | undefined;

/** Channels along `axis` of the layer's left operand, as [B, R, D]. */
export function leftScales({ layer, left }: LayerSample, node: NodeView, axis: number | undefined, shapeOf: ShapeOf): ScalePlacement {
  if (axis === undefined) return oneScale;
  const tensor = layer.operands[0]!;
  if (layer.kind === "product") return productScales(tensor, axis, shapeOf, left.shape[0]!, "left");
  const { batch, depth, kernel } = weightLayoutOf(layer, node);
  if (layer.kind === "linear") {
    const rank = shapeOf(tensor)?.length;
    if (rank !== undefined && axis !== rank - 1) refuseAxis(tensor, axis);
    return { shape: [1, 1, depth], indexOf: (position) => position };
  }
  if (axis !== 1) refuseAxis(tensor, axis);
  return { shape: [batch, 1, depth], indexOf: (position) => Math.floor(position / kernel) };
}

/** Of the right operand, as [B, D, M]. */
export function rightScales(
  { layer, right }: Pick<LayerSample, "layer" | "right">,
  node: NodeView,
  encoding: AffineEncoding,
  shapeOf: ShapeOf,
): ScalePlacement {
  const { axis, block } = encoding;
  if (axis === undefined) return oneScale;
  if (layer.kind === "product") return productScales(layer.operands[1]!, axis, shapeOf, right.shape[0]!, "right");
  const layout = weightLayoutOf(layer, node);
  const { batch, depth, columns } = layout;
  const channelAxis = node.op === "Conv" || node.attribute("transB") === 1 ? 0 : 1;
  if (axis === channelAxis && block === undefined) {
    const wraps = node.op === "Conv" ? batch * columns : columns;
    return { shape: [batch, 1, columns], indexOf: (position) => position % wraps };
  }
  const { shape } = node.inputs[1]!.constant!;
  const scales = new Float32Array(shape.reduce((count, size) => count * size, 1));
  visitGroups(shape, encoding, (scale, start, count, stride) => {
    for (let index = 0; index < count; index++) scales[start + index * stride] = scale;
  });
  const placed = asRight(scales, layout).data as Float32Array;
  return { shape: [batch, depth, columns], indexOf: (position) => placed[position]! };
}

/** An activation [..., rows, columns]. Of a left operand only some rows were sampled. */
function productScales(tensor: string, axis: number, shapeOf: ShapeOf, batch: number, side: "left" | "right"): ScalePlacement {
  const shape = shapeOf(tensor) ?? refuseAxis(tensor, axis);
  const length = shape[axis] ?? refuseAxis(tensor, axis);
  const fromEnd = shape.length - axis;
  if (fromEnd === 1) return { shape: [1, 1, length], indexOf: (position) => position };
  if (fromEnd === 2) return side === "right" ? { shape: [1, length, 1], indexOf: (position) => position } : refuseAxis(tensor, axis);
  const inner = shape.slice(axis + 1, -2).reduce((count, size) => count * size, 1);
  return { shape: [batch, 1, 1], indexOf: (position) => Math.floor(position / inner) % length };
}
