/** Normalizations, as one operator or written out, with their affine part and the products that read them. */
import type { NodeView, NormalizationSite, ValueView } from "../spec/index.ts";
import type { Flow } from "./flow.ts";
import { axisBehind } from "./moving.ts";
import { sumsOver } from "./products.ts";
import { leavesUnit, unitEnding } from "./units.ts";

type Found = Pick<NormalizationSite, "kind" | "channelAxis"> & {
  readonly node: NodeView;
  readonly input: ValueView;
  readonly output: ValueView;
  readonly scale: Parameter | undefined;
  readonly shift: Parameter | undefined;
};
type Parameter = { readonly node: NodeView; readonly input: number };

export function normalizationsOf(flow: Flow): readonly NormalizationSite[] {
  return flow.nodes.flatMap((node) => {
    const found = flow.unitOf(node) === undefined ? operatorAt(node) : unitAt(flow, node);
    return found ? [siteOf(flow, found)] : [];
  });
}

function siteOf(flow: Flow, { node, kind, input, output, channelAxis, scale, shift }: Found): NormalizationSite {
  const linears = new Set(linearsBehind(flow, output, channelAxis));
  return {
    node: node.name,
    kind,
    input: input.name,
    output: output.name,
    channelAxis,
    ...(scale && { scale: { node: scale.node.name, input: scale.input } }),
    ...(shift && { shift: { node: shift.node.name, input: shift.input } }),
    linears: flow.nodes.filter((each) => linears.has(each)).map((each) => each.name),
  };
}

function operatorAt(node: NodeView): Found | undefined {
  const [input, output] = [node.inputs[0], node.outputs[0]];
  const rank = output?.shape?.length ?? input?.shape?.length;
  if (node.domain !== "" || !input || !output || rank === undefined) return undefined;
  const affine = (channelAxis: number) => {
    const parameter = (index: number) => (isPerChannel(node.inputs[index], rank, channelAxis, output) ? { node, input: index } : undefined);
    return { node, input, output, channelAxis, scale: parameter(1), shift: parameter(2) };
  };
  switch (node.op) {
    case "LayerNormalization":
      return { kind: "layer", ...affine(rank - 1) };
    case "RMSNormalization":
    case "SimplifiedLayerNormalization":
      return { kind: "rms", ...affine(rank - 1), shift: undefined };
    case "GroupNormalization":
      return { kind: "group", ...affineOfVectors(node, affine(1)) };
    case "InstanceNormalization":
      return { kind: "instance", ...affineOfVectors(node, affine(1)) };
    default:
      return undefined;
  }
}

/** These two take one number per channel as a vector, which broadcasting would lay along the last axis. */
function affineOfVectors<Site extends { readonly scale: Parameter | undefined; readonly shift: Parameter | undefined }>(node: NodeView, site: Site): Site {
  const parameter = (input: number) => (isVector(node.inputs[input]) ? { node, input } : undefined);
  return { ...site, scale: parameter(1), shift: parameter(2) };
}

function unitAt(flow: Flow, node: NodeView): Found | undefined {
  const kind = kindOfUnit(flow.unitOf(node)!);
  const output = node.outputs[0];
  if (!kind || !output || !leavesUnit(flow, node)) return undefined;
  const { input, nodes } = unitEnding(flow, node);
  const rank = output.shape?.length ?? input?.shape?.length;
  const channelAxis = rank === undefined ? undefined : kind === "group" ? 1 : normalizedAxis(nodes, rank);
  if (!input || rank === undefined || channelAxis === undefined) return undefined;
  const parameter = (at: NodeView | undefined) => {
    const index = at?.inputs.findIndex((value) => isPerChannel(value, rank, channelAxis, output)) ?? -1;
    return at && index >= 0 ? { node: at, input: index } : undefined;
  };
  const shift = node.op === "Add" ? parameter(node) : undefined;
  const scaling = shift ? flow.inputsOf(node)[0]?.producer : node;
  const scale = scaling && nodes.has(scaling) && scaling.op === "Mul" ? parameter(scaling) : undefined;
  return { kind, node, input, output, channelAxis, scale, shift };
}

/** The one axis that means are taken over: the last, or that of an image's channels. */
function normalizedAxis(nodes: ReadonlySet<NodeView>, rank: number): number | undefined {
  const axes = [...nodes].find((node) => node.op === "ReduceMean")?.inputs[1]?.constant?.data;
  const axis = axes?.length === 1 ? Number(axes[0]) : undefined;
  return axis !== undefined && axis < 0 ? axis + rank : axis;
}

function kindOfUnit(unit: string): NormalizationSite["kind"] | undefined {
  switch (unit) {
    case "layer-norm":
      return "layer";
    case "group-norm":
      return "group";
    case "rms-norm":
      return "rms";
    default:
      return undefined;
  }
}

/** Whether a constant that is broadcast to `output` holds one number for each channel. */
function isPerChannel(value: ValueView | undefined, rank: number, axis: number, output: ValueView): boolean {
  const shape = value?.constant?.shape;
  if (!shape || value?.dtype !== "float32" || shape.length > rank) return false;
  const along = axis - (rank - shape.length);
  const channels = output.shape?.[axis];
  return along >= 0 && shape.every((size, index) => index === along || size === 1) && (typeof channels !== "number" || shape[along] === channels);
}

function isVector(value: ValueView | undefined): boolean {
  return value?.dtype === "float32" && value.constant?.shape.length === 1;
}

/** Empty where something else reads the value too. */
function linearsBehind(flow: Flow, value: ValueView, axis: number): readonly NodeView[] {
  const readers = flow.readersOf(value);
  if (value.isOutput) return [];
  const found = readers.map((reader): readonly NodeView[] => {
    if (flow.weighted.has(reader)) return sumsOver(reader, value, axis) ? [reader] : [];
    const behind = flow.positionOf.has(reader) && reader.inputs[0] === value ? axisBehind(reader, axis) : undefined;
    if (behind === undefined) return [];
    const perOutput = reader.outputs.flatMap((output) => (output ? [linearsBehind(flow, output, behind)] : []));
    return perOutput.every((linears) => linears.length > 0) ? perOutput.flat() : [];
  });
  return found.every((linears) => linears.length > 0) ? found.flat() : [];
}
