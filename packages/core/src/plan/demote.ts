import { weightLayoutOf } from "../placement/roles.ts";
import type { AffineEncoding, Encoding, GraphView, MethodPlan, NodeDecision, NodeView, Placement, Target, ValueView } from "../spec/index.ts";
import { levelledAnswer } from "./answer-levels.ts";
import { entryOf } from "./entry-of.ts";
import type { Reading } from "./reads.ts";

/** Nodes that cannot be integer after all, because a tensor of theirs has no encoding or one the target refuses. */
export function demoteNodes(graph: GraphView, placement: Placement, methodPlan: MethodPlan, target: Target): Readonly<Record<string, NodeDecision>> {
  const decisions = new Map(Object.entries(placement.nodes));
  const planned = new Set([...placement.activations.flatMap((site) => site.tensors), ...placement.weights.map((site) => site.tensor)]);
  const kernels = kernelEncodings(graph, { ...methodPlan, nodes: placement.nodes }, target);
  const narrow = new Set(placement.operands.filter((site) => !site.sharesGrid).map((site) => site.tensor));
  for (const node of graph.nodes) {
    const mode = decisions.get(node.name)?.mode;
    if (mode === undefined || mode === "float" || mode === "absorbed") continue;
    const demoted = tensorsOf(node).flatMap(({ value, isOperand }) => {
      if (!planned.has(value.name)) return [];
      const operand = isOperand ? entryOf(methodPlan.operands, value.name) : undefined;
      const encoding = operand?.encoding ?? (isOperand && narrow.has(value.name) ? undefined : entryOf(methodPlan.encodings, value.name));
      if (!encoding) return { mode: "float" as const, reason: `${value.name}: ${entryOf(methodPlan.skipped, value.name) ?? "the method gave no encoding"}` };
      return mode === "emulated" ? [] : (judge(node, value, kernels.get(value.name) ?? encoding, target) ?? []);
    });
    const decision = demoted.find((each) => each.mode === "float") ?? demoted[0];
    if (decision) decisions.set(node.name, decision);
  }
  demoteAbsorbed(graph, decisions);
  return Object.fromEntries(decisions);
}

/** Of answers on grids per channel and their weights: what the kernel sees of them. */
function kernelEncodings(graph: GraphView, plan: Reading, target: Target): ReadonlyMap<string, AffineEncoding> {
  const encodings = new Map<string, AffineEncoding>();
  for (const node of graph.nodes) {
    const [value] = node.outputs;
    const levelled = value && levelledAnswer(value, plan, target);
    if (!levelled) continue;
    encodings.set(value.name, levelled.answer);
    encodings.set(node.inputs[1]!.name, levelled.weight);
  }
  return encodings;
}

/** What a node reads and writes; of a product, which of it may have a grid of its own. */
function tensorsOf(node: NodeView): readonly { readonly value: ValueView; readonly isOperand: boolean }[] {
  const layout = weightLayoutOf(node);
  const inputs = node.inputs.flatMap((value, index) =>
    value ? [{ value, isOperand: layout !== undefined && index !== layout.biasInput && !value.constant }] : [],
  );
  return [...inputs, ...node.outputs.flatMap((value) => (value ? [{ value, isOperand: false }] : []))];
}

function judge(node: NodeView, value: ValueView, encoding: Encoding, target: Target): NodeDecision | undefined {
  const verdict = target.supports(node, value.name, encoding);
  return verdict.ok ? undefined : { mode: wasAskedFor(encoding, value, target) ? "emulated" : "float", reason: verdict.reason };
}

/** A type or a shape of grid that the target does not choose itself was somebody's wish: it is done, and called what it is. */
function wasAskedFor(encoding: Encoding, value: ValueView, target: Target): boolean {
  if (encoding.kind !== "affine") return true;
  const own = value.constant ? target.defaults.weights : target.defaults.activations;
  return encoding.dtype !== own.dtype || encoding.block !== undefined || (encoding.axis !== undefined && !value.constant);
}

function demoteAbsorbed(graph: GraphView, decisions: Map<string, NodeDecision>): void {
  for (const node of graph.nodes) {
    if (decisions.get(node.name)?.mode !== "absorbed") continue;
    const producers = node.inputs.flatMap((value) => value?.producer ?? []);
    if (producers.every((producer) => decisions.get(producer.name)?.mode === "float")) {
      decisions.set(node.name, { mode: "float", reason: `${node.op} whose producer stays in float` });
    }
  }
}
