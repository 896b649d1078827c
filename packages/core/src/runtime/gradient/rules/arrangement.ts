import { int, ints } from "../../../ir/index.ts";
import type { GradientRule } from "../rule.ts";

/** The elements stay, in their order. */
const reshape: GradientRule = (node, [gradient], builder) => [builder.reshapeLike(gradient!, node.inputs[0]!)];

const transpose: GradientRule = (node, [gradient], builder) => {
  const order = node.ints("perm");
  const back = order && Array.from(order, (_, axis) => order.indexOf(axis));
  // Without an order the axes are reversed, and so they are on the way back.
  return [builder.op("Transpose", [gradient!], back && { perm: ints(back) })];
};

const expand: GradientRule = (node, [gradient], builder) => [builder.sumLike(gradient!, node, 0)];

const depthToSpace: GradientRule = (node, [gradient], builder) => {
  const blocksize = node.int("blocksize", 1);
  const gathered = builder.op("SpaceToDepth", [gradient!], { blocksize: int(blocksize) });
  if (node.string("mode", "DCR") === "DCR") return [gathered];
  // SpaceToDepth puts the place within the block before the channel, this mode the channel before the place.
  const channels = node.inputs[0]!.shape?.[1];
  if (typeof channels !== "number") return builder.refuse("its number of channels is not known");
  const [places, depth] = [blocksize ** 2, channels / blocksize ** 2];
  const order = Array.from({ length: channels }, (_, index) => (index % places) * depth + Math.floor(index / places));
  return [builder.op("Gather", [gathered, builder.integers(order)], { axis: int(1) })];
};

const spaceToDepth: GradientRule = (node, [gradient], builder) => [builder.op("DepthToSpace", [gradient!], { blocksize: int(node.int("blocksize", 1)) })];

export const arrangementRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshape,
  Flatten: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  Expand: expand,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
