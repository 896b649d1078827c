/**
 * Keeps int32 biases in range. A bias is stored as round(b / (s_x * s_w)); a channel with tiny weights has a tiny s_w, and
 * the code overflows. Such a channel gets the smallest weight scale that lets its bias fit: its weights are then coarser,
 * which costs nothing that the bias does not dwarf.
 */
import { absorbedBias } from "../placement/absorb.ts";
import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, GraphView, MethodPlan, NodeDecision, NodeView, Tensor } from "../spec/index.ts";
import { entryOf } from "./entry-of.ts";
import { computesOnGrid } from "./modes.ts";
import { inputScaleOf, operandOf } from "./reads.ts";
import { biasOfShift, rescaleWeight } from "./rescale.ts";

/** Half the range: the accumulator needs the rest. */
const largestBiasCode = 2 ** 30;

interface Guarded {
  readonly encodings: MethodPlan["encodings"];
  /** Without those of weights whose scale changed. */
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
    encodings.set(weight.name, { ...encoding, scale });
    if (codes.delete(weight.name)) notes.push(`${weight.name}: rounded to the nearest codes, for its bias needs larger steps than its codes were found for`);
  }
  return { encodings: Object.fromEntries(encodings), codes: Object.fromEntries(codes), notes };
}

/** After the rescaling of what the node reads. */
function biasOf(node: NodeView, weight: Tensor, plan: MethodPlan & { readonly nodes: Readonly<Record<string, NodeDecision>> }): Float64Array | undefined {
  const bias = node.op === "MatMul" ? absorbedBias(node)?.inputs.find((value) => value?.constant)?.constant : node.inputs[2]?.constant;
  const rescaling = operandOf({ node, input: 0 }, plan)?.rescaling;
  const shifted = rescaling && biasOfShift(node, rescaleWeight(node, weight, rescaling), rescaling);
  if (bias?.dtype !== "float32") return bias ? undefined : shifted;
  return Float64Array.from(bias.data as Float32Array, (value, channel) => value + (shifted?.[channel] ?? 0));
}
