/**
 * Keeps int32 biases in range. A bias is stored as round(b / (s_x * s_w)); a channel with tiny weights has a tiny s_w, and
 * the code overflows. Such a channel gets the smallest weight scale that lets its bias fit: its weights are then coarser,
 * which costs nothing that the bias does not dwarf.
 */

import { containerBits, isSigned, quantizeTensor, visitGroups } from "../numerics/index.ts";
import { absorbedBias } from "../placement/absorb.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, GraphView, MethodPlan, NodeDecision, NodeView, Tensor } from "../spec/index.ts";
import { decodeCodes, encodeCodes } from "./codes.ts";
import { entryOf } from "./entry-of.ts";
import { computesOnGrid } from "./modes.ts";
import { inputScaleOf, operandOf } from "./reads.ts";
import { biasOfShift, rescaleWeight } from "./rescale.ts";

/** Half the range: the accumulator needs the rest. */
const largestBiasCode = 2 ** 30;

interface Guarded {
  readonly encodings: MethodPlan["encodings"];
  /** Channels whose scale changed are rounded to the nearest codes again. */
  readonly codes: NonNullable<MethodPlan["codes"]>;
  readonly notes: readonly string[];
}

export function guardBiases(graph: GraphView, plan: MethodPlan & { readonly nodes: Readonly<Record<string, NodeDecision>> }): Guarded {
  const encodings = new Map<string, AffineEncoding>(Object.entries(plan.encodings));
  const codes = new Map(Object.entries(plan.codes ?? {}));
  const notes: string[] = [];
  for (const node of graph.nodes) {
    const weight = computesOnGrid(entryOf(plan.nodes, node.name)) && weightLayoutOf(node) ? node.inputs[1] : undefined;
    const encoding = weight?.constant && encodings.get(weight.name);
    const step = inputScaleOf(node, plan);
    const bias = weight?.constant && biasOf(node, weight.constant, plan);
    if (!encoding || !bias || step === undefined || encoding.block !== undefined) continue;
    const needed = (channel: number): number => Math.abs(bias[channel] ?? 0) / (step * largestBiasCode);
    const largest = bias.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (step * largestBiasCode);
    const scale = encoding.scale.map((value, channel) => Math.fround(Math.max(value, encoding.axis === undefined ? largest : needed(channel))));
    if (scale.every((value, channel) => value === encoding.scale[channel])) continue;
    const widened = { ...encoding, scale };
    encodings.set(weight.name, widened);
    const text = codes.get(weight.name);
    if (text === undefined) continue;
    const read = operandOf({ node, input: 0 }, plan)?.rescaling;
    const content = read ? rescaleWeight(node, weight.constant!, read) : weight.constant!;
    const changed = scale.map((value, channel) => value !== encoding.scale[channel]);
    codes.set(weight.name, roundedAgain({ name: weight.name, text, weight: content, encoding: widened, changed }));
    notes.push(
      `${weight.name}: ${changed.filter(Boolean).length} of ${scale.length} scales were enlarged to hold the bias, and their codes are the nearest ones`,
    );
  }
  return { encodings: Object.fromEntries(encodings), codes: Object.fromEntries(codes), notes };
}

interface Rounding {
  readonly name: string;
  readonly text: string;
  readonly weight: Tensor;
  readonly encoding: AffineEncoding;
  readonly changed: readonly boolean[];
}

/** The same codes, but for those of changed scales. */
function roundedAgain({ name, text, weight, encoding, changed }: Rounding): string {
  const wide: AffineEncoding = { ...encoding, dtype: isSigned(encoding.dtype) ? "int8" : "uint8", bits: encoding.bits ?? containerBits[encoding.dtype] };
  const kept = decodeCodes(name, text, weight.shape, wide).data as Int8Array | Uint8Array;
  const nearest = quantizeTensor(weight, wide).data as Int8Array | Uint8Array;
  visitGroups(weight.shape, encoding, (index, start, count, stride) => {
    if (!changed[index]) return;
    for (let position = start, end = start + count * stride; position < end; position += stride) kept[position] = nearest[position]!;
  });
  return encodeCodes(kept);
}

/** After the rescaling of what the node reads. */
function biasOf(node: NodeView, weight: Tensor, plan: MethodPlan & { readonly nodes: Readonly<Record<string, NodeDecision>> }): Float64Array | undefined {
  const bias = node.op === "MatMul" ? absorbedBias(node)?.inputs.find((value) => value?.constant)?.constant : node.inputs[2]?.constant;
  const rescaling = operandOf({ node, input: 0 }, plan)?.rescaling;
  const shifted = rescaling && biasOfShift(node, rescaleWeight(node, weight, rescaling), rescaling);
  if (bias?.dtype !== "float32") return bias ? undefined : shifted;
  return Float64Array.from(bias.data as Float32Array, (value, channel) => value + (shifted?.[channel] ?? 0));
}
