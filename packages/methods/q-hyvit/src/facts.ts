import {
  floatValues,
  type GraphView,
  isFreeRescaling,
  type Layer,
  leastFactorOf,
  type NodeView,
  type OperandSite,
  observeHistogram,
  operandRanges,
  type PlanContext,
  type Range,
  type StartingPlan,
  type TwinSubject,
  twinSubject,
  unionOf,
} from "@halftone/core";
import type { ChannelRanges } from "./rescalings.ts";

/** What the search has to know of a tensor that products read. */
export interface OperandFacts {
  readonly site: OperandSite;
  readonly range: Range;
  /** Undefined where channels cannot be told apart: unknown axis, or a reader that cannot undo a rescaling. */
  readonly channels: ChannelRanges | undefined;
  /** Whether a reader pads with zeros, so that channels cannot be shifted. */
  readonly padded: boolean;
  readonly grouped: boolean;
  /** What two grids would fit; undefined where a convolution reads the tensor, which no kernel does on two grids. */
  readonly twin: TwinSubject | undefined;
  /** Whether the weights of a reader have one scale for all output channels. */
  readonly sharesWeightScale: boolean;
  /** Of the scale of the extremes. */
  readonly smallestFactor: number;
  /** The share of the error of one grid that grids per channel have to stay below: what is in front may absorb them, or operators have to be added. */
  readonly worthwhile: number;
}

const worthwhile = { free: 1, added: 0.3 };

/** `layers` are all that read the tensor among those that are searched together. */
export function factsOf(context: PlanContext, start: StartingPlan, tensor: string, layers: readonly Layer[]): OperandFacts {
  const site = context.placement.operands.find((each) => each.tensor === tensor)!;
  const ranges = operandRanges(site, context.statistics);
  return {
    site,
    range: unionOf([...ranges, ...(site.sharesGrid ? storedRanges(context, site) : [])]),
    channels: channelsOf(context.graph, site, layers, ranges),
    padded: layers.some(({ padded }) => padded),
    grouped: layers.some(({ groups }) => groups > 1),
    twin: layers.some(({ kind }) => kind === "convolution") ? undefined : twinSubject(context, site),
    sharesWeightScale: context.placement.weights.some((each) => each.config.granularity === "tensor" && layers.some(({ weight }) => weight === each.tensor)),
    smallestFactor: leastFactorOf(context, site),
    worthwhile: isFreeRescaling({ ...context, start }, tensor) ? worthwhile.free : worthwhile.added,
  };
}

/** What lies on the same stored grid, and has to fit as well. */
function storedRanges({ placement, statistics }: PlanContext, { tensor }: OperandSite): readonly Range[] {
  const stored = placement.activations.find(({ tensors }) => tensors.includes(tensor));
  return (stored?.observed ?? []).map((name) => statistics.get(observeHistogram(name)).range);
}

/** A rescaling must be undone by everyone who reads it: all integer readers have a weight. */
function channelsOf(
  graph: GraphView,
  { channelAxis: axis, nodes }: OperandSite,
  layers: readonly Layer[],
  ranges: readonly Range[],
): ChannelRanges | undefined {
  const undone = layers.every(({ weight }) => weight !== undefined) && nodes.every((node) => layers.some((layer) => layer.node === node));
  if (axis === undefined || !undone || ranges.length < 2) return undefined;
  const weights = new Array<number>(ranges.length).fill(0);
  for (const { node } of layers) largestByChannel(graph.node(node)!, weights);
  return { axis, ranges, weights };
}

/** Raises `largest` to the largest magnitude of the weights behind each input channel. */
function largestByChannel(node: NodeView, largest: number[]): void {
  const weight = node.inputs[1]!.constant!;
  const inputOf = inputChannels(node, weight.shape, largest.length);
  floatValues(weight).forEach((value, index) => {
    const channel = inputOf(index);
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
}

/** From an element of the weight to the input channel that it multiplies. */
function inputChannels(node: NodeView, shape: readonly number[], channels: number): (index: number) => number {
  const [first, second] = [shape[0]!, shape[1]!];
  const kernel = shape.slice(2).reduce((count, size) => count * size, 1);
  const groups = Number(node.attribute("group") ?? 1);
  switch (node.op) {
    case "Conv":
      return (index) => Math.floor(Math.floor(index / (second * kernel)) / (first / groups)) * (channels / groups) + (Math.floor(index / kernel) % second);
    case "ConvTranspose":
      return (index) => Math.floor(index / (second * kernel));
    default:
      return node.attribute("transB") === 1 ? (index) => index % channels : (index) => Math.floor(index / second);
  }
}
