/**
 * Keeps int32 biases in range. A bias is stored as round(b / (s_x * s_w)); a channel with tiny weights has a tiny s_w, and
 * the code overflows. Such a channel gets the smallest weight scale that lets its bias fit: its weights are then coarser,
 * which costs nothing that the bias does not dwarf.
 */
import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, GraphView, NodeDecision } from "../spec/index.ts";
import { computesOnGrid } from "./modes.ts";

/** Half the range: the accumulator needs the rest. */
const largestBiasCode = 2 ** 30;

export function guardBiases(
  graph: GraphView,
  nodes: Readonly<Record<string, NodeDecision>>,
  encodings: Readonly<Record<string, AffineEncoding>>,
): Readonly<Record<string, AffineEncoding>> {
  const guarded: Record<string, AffineEncoding> = { ...encodings };
  for (const node of graph.nodes) {
    const layout = computesOnGrid(nodes[node.name]) ? weightLayoutOf(node) : undefined;
    const bias = layout?.biasInput === undefined ? undefined : node.inputs[layout.biasInput]?.constant;
    const input = node.inputs[0] && guarded[node.inputs[0].name];
    const weight = layout && node.inputs[layout.input];
    const encoding = weight && guarded[weight.name];
    if (bias?.dtype !== "float32" || !input || !encoding || encoding.block !== undefined) continue;
    const values = bias.data as Float32Array;
    const needed = (channel: number): number => Math.abs(values[channel] ?? 0) / (input.scale[0]! * largestBiasCode);
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / (input.scale[0]! * largestBiasCode);
    const scale = encoding.scale.map((value, channel) => Math.fround(Math.max(value, encoding.axis === undefined ? largest : needed(channel))));
    if (scale.some((value, channel) => value !== encoding.scale[channel])) guarded[weight.name] = { ...encoding, scale };
  }
  return guarded;
}
