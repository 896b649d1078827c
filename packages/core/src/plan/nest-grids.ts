/**
 * What an integer kernel stores, and products alone read, all on one narrower grid, is stored on a grid whose steps are an odd part of theirs: then every end of a
 * code's reach is one of a stored code's as well, and rounding twice comes to the same as rounding once. Where two stored codes or four come on one that is read,
 * a stored code lies on its end, or close by, and goes to the same side all over the tensor.
 */
import { codeRange } from "../numerics/index.ts";
import { clippingOf } from "../placement/absorb.ts";
import type { ActivationSite, AffineEncoding, GraphView, Placement } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { gridClips } from "./grid-clips.ts";
import { operandOf, type Reading } from "./reads.ts";

/** The encodings of the plan, those of such tensors nested. */
export function nestGrids(graph: GraphView, { activations }: Pick<Placement, "activations">, plan: Reading): Readonly<Record<string, AffineEncoding>> {
  const nested: Record<string, AffineEncoding> = {};
  for (const site of activations) {
    const stored = entryOf(plan.encodings, site.key);
    const read = stored?.axis === undefined && stored?.bits === undefined ? gridOfReaders(graph, site, plan) : undefined;
    const encoding = stored && read && nestedIn(read, stored, site);
    if (!encoding || site.tensors.some((tensor) => isClippedBy(graph, tensor, stored) && !isClippedBy(graph, tensor, encoding))) continue;
    for (const tensor of site.tensors) nested[tensor] = encoding;
  }
  return { ...plan.encodings, ...nested };
}

/** Undefined where anything but products reads the site, or on several grids. */
function gridOfReaders(graph: GraphView, { tensors }: ActivationSite, plan: Reading): AffineEncoding | undefined {
  const grids = new Map<string, AffineEncoding>();
  for (const tensor of tensors) {
    const value = graph.value(tensor)!;
    if (value.isOutput) return undefined;
    for (const use of value.consumers) {
      const operand = operandOf(use, plan);
      const isMoved =
        entryOf(plan.nodes, use.node.name)?.mode === "pass-through" && use.node.outputs.every((output) => !output || tensors.includes(output.name));
      if (operand ? operand.rescaling || operand.encoding.kind !== "affine" || operand.encoding.axis !== undefined : !isMoved) return undefined;
      if (operand) grids.set(JSON.stringify(operand.encoding), operand.encoding as AffineEncoding);
    }
  }
  return grids.size === 1 ? grids.values().next().value : undefined;
}

/** What codes are left over goes to both sides, but none beyond a zero that is the first code. Undefined where the scheme leaves no such grid. */
function nestedIn(read: AffineEncoding, stored: AffineEncoding, { config }: ActivationSite): AffineEncoding | undefined {
  const [narrow, whole] = [codeRange(read), codeRange(stored)];
  const ratio = (whole.max - whole.min) / (narrow.max - narrow.min);
  const parts = 2 * Math.floor((ratio + 1) / 2) - 1;
  if (ratio < 2 || (config.scheme !== "asymmetric" && config.scheme !== "symmetric")) return undefined;
  const below = parts * (read.zeroPoint[0]! - narrow.min);
  const spare = Math.floor((whole.max - whole.min - parts * (narrow.max - narrow.min)) / 2);
  const zeroPoint = config.scheme === "symmetric" ? stored.zeroPoint[0]! : whole.min + (below === 0 ? 0 : below + spare);
  return { ...stored, scale: [Math.fround(read.scale[0]! / parts)], zeroPoint: [zeroPoint] };
}

function isClippedBy(graph: GraphView, tensor: string, encoding: AffineEncoding): boolean {
  const { producer } = graph.value(tensor)!;
  return producer !== undefined && clippingOf(producer) !== undefined && gridClips(producer, encoding);
}
