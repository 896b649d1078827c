import { type Finding, type Layer, type LayerSample, type OperandPlan, type PlanContext, rescaleWeight, type StartingPlan, type Tensor } from "@halftone/core";
import type { Settings } from "./options.ts";
import { reparameterize } from "./reparameterize.ts";
import type { Roles } from "./roles.ts";
import { softmaxGrid } from "./softmax-grid.ts";
import { channelGrid, tensorGrid, weightGrid } from "./uniform-grids.ts";

export interface Deciding {
  readonly context: PlanContext;
  readonly settings: Settings;
  readonly roles: Roles;
  readonly start: StartingPlan;
  /** What is decided already stays. */
  readonly operandOf: (tensor: string) => OperandPlan | undefined;
}

/** Grids of what `layers` read, and of their weights. They read one tensor, or are one product of two; `sample` is that of the first. */
export function decide(deciding: Deciding, layers: readonly Layer[], sample: LayerSample): Finding {
  const { start } = deciding;
  const operands: Record<string, OperandPlan> = {};
  const [first] = layers as readonly [Layer, ...Layer[]];
  first.operands.forEach((tensor, side) => {
    if (start.skipped[tensor]) return;
    operands[tensor] ??= operandFor(deciding, layers, tensor, side === 0 ? sample.left : sample.right);
  });
  return { operands, weights: weightsFor(deciding, layers, operands[first.operands[0]!]) };
}

function operandFor({ settings, roles, start, operandOf }: Deciding, layers: readonly Layer[], tensor: string, seen: Tensor): OperandPlan {
  const decided = operandOf(tensor);
  if (decided) return decided;
  const { config } = roles.operand(tensor);
  const values = thinned(seen);
  if (layers[0]!.kind === "product") {
    if (roles.isSoftmax(tensor, layers[0]!.node)) return { encoding: softmaxGrid(values, config) };
  } else {
    const axis = roles.reparameterizedAxis(tensor, layers);
    const channels = axis === undefined ? [] : channelsOf(seen).map((channel) => channelGrid(channel, config));
    const layerWise = axis === undefined ? undefined : reparameterize(channels, axis, config);
    if (layerWise) return layerWise;
  }
  if (roles.isStoredForOthers(tensor)) return { encoding: start.encodings[tensor]! };
  return { encoding: tensorGrid(values, config, settings.zeroPointGuard) };
}

function weightsFor({ context, settings, roles, start }: Deciding, layers: readonly Layer[], operand: OperandPlan | undefined): Finding["weights"] {
  const weights: Record<string, Finding["weights"][string]> = {};
  for (const { node, weight } of layers) {
    if (!weight || start.skipped[weight]) continue;
    const original = context.graph.value(weight)!.constant!;
    const own = operand?.rescaling ? rescaleWeight(context.graph.node(node)!, original, operand.rescaling) : original;
    weights[weight] = weightGrid(own, roles.weight(weight), settings.zeroPointGuard);
  }
  return weights;
}

/** The columns of [1, R, D]. */
function channelsOf({ shape, data }: Tensor): readonly Float32Array[] {
  const [, rows, depth] = shape as readonly [number, number, number];
  const values = data as Float32Array;
  return Array.from({ length: depth }, (_, channel) => Float32Array.from({ length: rows }, (_, row) => values[row * depth + channel]!));
}

/** Values that one grid for all is judged by, at most: enough for the outermost percentile to leave out ten of them. */
const enough = 2 ** 20;

/** Whole rows of [B, R, D], equally spaced: channels keep their shares. */
function thinned({ shape, data }: Tensor): Float32Array {
  const values = data as Float32Array;
  const [batch, rows, depth] = shape as readonly [number, number, number];
  const stride = Math.ceil(values.length / enough);
  if (stride <= 1 || rows < stride) return values;
  const kept = Math.ceil(rows / stride);
  const result = new Float32Array(batch * kept * depth);
  for (let row = 0; row < batch * kept; row++) {
    const from = Math.floor(row / kept) * rows + (row % kept) * stride;
    result.set(values.subarray(from * depth, (from + 1) * depth), row * depth);
  }
  return result;
}
