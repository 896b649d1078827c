/**
 * Answers on grids per channel, from a kernel that knows one scale for weights and one for answers: with d_o = scale_o / scale it computes
 *
 *     y' = (W_o / d_o) x + b_o / d_o        and what reads y multiplies, y = d_o y'.
 *
 * Weights whose own scales follow d_o then share one (channels are made equal as in Nagel et al., arXiv 1906.04721, but no other weight has to
 * make up for it, and what comes next may be any function). Only where nothing but float reads the answer.
 */
import { containerBits } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, NodeView, Target, ValueView } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { answersOnGrid, operandOf, type Reading, readsStored } from "./reads.ts";

/** What the kernel sees. */
export interface LevelledAnswer {
  readonly node: NodeView;
  /** d_o */
  readonly levels: readonly number[];
  /** Of y'. */
  readonly answer: AffineEncoding;
  /** Of W / d. One scale where those of the plan follow d, to float32 precision. */
  readonly weight: AffineEncoding;
}

/** Undefined where the value does not lie on grids per channel, or no kernel can be made to answer so. */
export function levelledAnswer(value: ValueView, plan: Reading, target: Target): LevelledAnswer | undefined {
  const encoding = entryOf(plan.encodings, value.name);
  const node = value.producer;
  const weight = node?.op === "Conv" ? node.inputs[1] : undefined;
  const grid = weight?.constant && entryOf(plan.encodings, weight.name);
  if (!encoding || !node || !weight || !grid || entryOf(plan.nodes, node.name)?.mode !== "integer") return undefined;
  const { channelAxis } = weightLayoutOf(node)!;
  if (encoding.axis !== 1 || !isUniform(encoding) || grid.axis !== channelAxis || grid.block !== undefined) return undefined;
  if (weight.constant!.dtype !== "float32" || weight.consumers.length > 1 || weight.isOutput || (node.inputs[2] && !node.inputs[2].constant)) return undefined;
  if (value.isOutput || !value.consumers.every((use) => !operandOf(use, plan) && !readsStored(use, plan, target)) || !answersOnGrid(value, plan, target))
    return undefined;
  const levels = encoding.scale.map((scale) => Math.fround(scale / encoding.scale[0]!));
  return {
    node,
    levels,
    answer: alone(encoding),
    weight: collapsed({ ...grid, scale: grid.scale.map((scale, channel) => Math.fround(scale / levels[channel]!)) }),
  };
}

/** One zero point, and all codes of the container. */
function isUniform({ dtype, bits, zeroPoint }: AffineEncoding): boolean {
  return (bits ?? containerBits[dtype]) === containerBits[dtype] && zeroPoint.every((code) => code === zeroPoint[0]);
}

const sameScale = 1e-5;

function collapsed(encoding: AffineEncoding): AffineEncoding {
  const [least, most] = [Math.min(...encoding.scale), Math.max(...encoding.scale)];
  return most <= least * (1 + sameScale) && isUniform({ ...encoding, bits: containerBits[encoding.dtype] }) ? alone(encoding) : encoding;
}

function alone({ axis: _, scale, zeroPoint, ...rest }: AffineEncoding): AffineEncoding {
  return { ...rest, scale: [scale[0]!], zeroPoint: [zeroPoint[0]!] };
}
