import { type AffineEncoding, QuantError } from "../spec/index.ts";

export type ScaleLayout = Pick<AffineEncoding, "axis" | "block">;

/** Called with elements that share one scale: `count` of them from `start` on, `stride` apart. */
export type VisitGroup = (scale: number, start: number, count: number, stride: number) => void;

/** How many scales an encoding of that layout has for a tensor of that shape. */
export function scaleCount(shape: readonly number[], layout: ScaleLayout): number {
  const { outer, length, inner, block } = cut(shape, layout);
  if (layout.axis === undefined) return 1;
  return block === undefined ? length : outer * Math.ceil(length / block) * inner;
}

/** Visits every element of a row-major tensor once, group by group; a per-channel scale is visited once per outer index. */
export function visitGroups(shape: readonly number[], layout: ScaleLayout, visit: VisitGroup): void {
  const { outer, length, inner, block } = cut(shape, layout);
  if (block === undefined) {
    for (let index = 0; index < outer * length; index++) visit(index % length, index * inner, inner, 1);
    return;
  }
  const blocks = Math.ceil(length / block);
  for (let row = 0; row < outer * blocks; row++) {
    const first = (row % blocks) * block;
    const start = (Math.floor(row / blocks) * length + first) * inner;
    const count = Math.min(block, length - first);
    for (let column = 0; column < inner; column++) visit(row * inner + column, start + column, count, inner);
  }
}

/** The shape as [outer, length, inner] around the axis; without an axis everything is inner. */
function cut(shape: readonly number[], { axis, block }: ScaleLayout) {
  const product = (dimensions: readonly number[]): number => dimensions.reduce((a, b) => a * b, 1);
  if (axis === undefined) return { outer: 1, length: 1, inner: product(shape), block: undefined };
  const position = axis < 0 ? axis + shape.length : axis;
  const length = shape[position];
  if (length === undefined) {
    throw new QuantError("invalid-config", `An encoding names axis ${axis}, which a tensor of shape [${shape.join(", ")}] does not have.`, {
      details: { field: "axis", axis, shape },
    });
  }
  return { outer: product(shape.slice(0, position)), length, inner: product(shape.slice(position + 1)), block };
}
