import { observeChannelExtremes } from "../calibrate/index.ts";
import { affineEncoding, encodeRange, encodeWeight, floatValues, type Range, unionOf } from "../numerics/index.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import type { ActivationSite, AffineEncoding, MethodContext, Observation, PlanContext, Tensor, WeightSite } from "../spec/index.ts";
import { levelledAnswer } from "./answer-levels.ts";
import type { StartingPlan } from "./starting-plan.ts";

/** A convolution, and what it answers. */
interface Candidate {
  readonly weight: WeightSite;
  readonly answer: ActivationSite;
}

/** What `levelAnswers` wants to see. */
export function levelObservations(context: Pick<MethodContext, "graph" | "placement">): readonly Observation<unknown>[] {
  return candidatesOf(context).map(({ answer }) => observeAnswer(answer));
}

/**
 * The plan with answers on grids per channel wherever the kernel can be made to answer so and one grid would cost small channels much: what it sees are channels of
 * like answers, and, where weights are to share one scale, of like weights.
 */
export function levelAnswers(context: Pick<PlanContext, "graph" | "placement" | "target" | "statistics">, start: StartingPlan): StartingPlan {
  const { graph, placement, target, statistics } = context;
  const levelled: Record<string, AffineEncoding> = {};
  for (const { weight, answer } of candidatesOf(context)) {
    const ranges = statistics.get(observeAnswer(answer)).map((range) => bounded(range, answer.bounds));
    if (start.skipped[answer.key] || start.skipped[weight.tensor] || !ranges.every(({ min, max }) => Number.isFinite(min) && Number.isFinite(max))) continue;
    const content = graph.value(weight.tensor)!.constant!;
    const sharesScale = weight.config.granularity === "tensor";
    const levels = sharesScale ? levelsFor(content, ranges) : levelsOfAnswers(ranges);
    if (!levels) continue;
    const rest = unionOf(ranges.map(({ min, max }, channel) => ({ min: min / levels[channel]!, max: max / levels[channel]! })));
    const encodings = {
      [answer.key]: spread(affineEncoding(answer.config, [encodeRange(rest, answer.config)]), levels, 1),
      ...(sharesScale && { [weight.tensor]: encodeLevelled(content, weight, levels) }),
    };
    const plan = { encodings: { ...start.encodings, ...encodings }, operands: start.operands, nodes: placement.nodes };
    if (levelledAnswer(graph.value(answer.key)!, plan, target)) Object.assign(levelled, encodings);
  }
  return { ...start, encodings: { ...start.encodings, ...levelled } };
}

/** One scale for W / level, as the scales of W. */
export function encodeLevelled(weight: Tensor, site: WeightSite, levels: readonly number[]): AffineEncoding {
  const inner = weight.shape.slice(site.channelAxis + 1).reduce((product, size) => product * size, 1);
  const data = floatValues(weight).map((value, index) => value / levels[Math.floor(index / inner) % levels.length]!);
  return spread(encodeWeight({ dtype: "float32", shape: weight.shape, data }, site), levels, site.channelAxis);
}

function spread(encoding: AffineEncoding, levels: readonly number[], axis: number): AffineEncoding {
  const [scale, zeroPoint] = [encoding.scale[0]!, encoding.zeroPoint[0]!];
  return { ...encoding, scale: levels.map((level) => Math.fround(scale * level)), zeroPoint: levels.map(() => zeroPoint), axis };
}

/**
 * As large as the weights of a channel ask, or its answers, against those of the middle channel: neither gets coarser than in the middle one. Undefined where the
 * weights of the middle channel lose less than a bit to the largest ones.
 */
function levelsFor(weight: Tensor, ranges: readonly Range[]): readonly number[] | undefined {
  const reach = ranges.map(({ min, max }) => Math.max(-min, max));
  const values = floatValues(weight);
  const count = values.length / ranges.length;
  const largest = ranges.map((_, channel) => magnitude(values.subarray(channel * count, (channel + 1) * count)));
  const [middleWeight, middleReach] = [middle(largest), middle(reach)];
  if (magnitude(largest) < worthwhile * middleWeight) return undefined;
  return ranges.map((_, channel) => Math.max(largest[channel]! / middleWeight, reach[channel]! / middleReach, smallestLevel));
}

/** Of the largest weight, as a multiple of the middle channel's. */
const worthwhile = 2;

/** As large as its answers ask, where each channel has a scale of its own for its weights. Undefined where the largest one reaches hardly farther than the middle one. */
function levelsOfAnswers(ranges: readonly Range[]): readonly number[] | undefined {
  const reach = ranges.map(({ min, max }) => Math.max(-min, max));
  const middleReach = middle(reach);
  return magnitude(reach) < worthwhileAnswer * middleReach ? undefined : reach.map((size) => Math.max(size / middleReach, smallestLevel));
}

/** Of the farthest answer, as a multiple of the middle channel's. */
const worthwhileAnswer = 3;

function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index]!));
  return largest;
}

/** Of channels that hardly answer anything. */
const smallestLevel = 1e-3;

function middle(values: readonly number[]): number {
  const positive = values.filter((value) => value > 0).sort((a, b) => a - b);
  return positive[positive.length >> 1] ?? 1;
}

function bounded({ min, max }: Range, { min: least = Number.NEGATIVE_INFINITY, max: most = Number.POSITIVE_INFINITY }: ActivationSite["bounds"] = {}): Range {
  return { min: Math.min(Math.max(min, least), 0), max: Math.max(Math.min(max, most), 0) };
}

function observeAnswer({ key }: ActivationSite): Observation<readonly Range[]> {
  return observeChannelExtremes(key, 1);
}

function candidatesOf({ graph, placement }: Pick<MethodContext, "graph" | "placement">): readonly Candidate[] {
  const answers = new Map(placement.activations.flatMap((site) => (site.tensors.length === 1 ? [[site.key, site] as const] : [])));
  return placement.weights.flatMap((weight) => {
    const [node, ...others] = weight.nodes.map((name) => graph.node(name)!);
    const answer = node && others.length === 0 ? answers.get(node.outputs[0]?.name ?? "") : undefined;
    if (weight.config.granularity === "block" || !answer || !node || weightLayoutOf(node)?.channelAxis !== 0) return [];
    return node.op === "Conv" ? [{ weight, answer }] : [];
  });
}
