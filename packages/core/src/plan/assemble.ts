import type { GraphView, MethodPlan, NodeDecision, Placement, QuantPlan, Target, ValueView } from "../spec/index.ts";
import { QuantError } from "../spec/index.ts";
import { decodeCodes } from "./codes.ts";
import { costNotes } from "./cost-notes.ts";
import { demoteNodes } from "./demote.ts";
import { entryOf } from "./entry-of.ts";
import { guardBiases } from "./guard-bias.ts";
import { mergeGrids } from "./merge-grids.ts";
import { storesWeight } from "./modes.ts";
import { answersOnGrid, operandOf, type Reading, readsStored } from "./reads.ts";
import { checkRescaling } from "./rescale.ts";

export interface AssembleOptions {
  readonly graph: GraphView;
  readonly placement: Placement;
  readonly methodPlan: MethodPlan;
  readonly target: Target;
  readonly method: string;
  /** SHA-256 (hex) of the original model bytes. */
  readonly model: string;
  /** Units that the graph computes apart, with what a reader of the plan should know of them. */
  readonly apart?: Required<Pick<QuantPlan, "outliers" | "notes">>;
}

/**
 * The method's encodings, checked against the target and the biases, as a plan.
 *
 * @throws `nothing-quantized`; `invalid-config` for a rescaling that its readers cannot undo, or codes that do not fit their weight.
 */
export function assemblePlan({ graph, placement, methodPlan, target, method, model, apart }: AssembleOptions): QuantPlan {
  const nodes = demoteNodes(graph, placement, methodPlan, target);
  refuseEmpty(nodes, target);
  const planned = mergeGrids(graph, placement, { ...methodPlan, operands: distinctOperands(methodPlan), nodes }, target);
  const guarded = guardBiases(graph, planned);
  const reading = { encodings: guarded.encodings, operands: usedOperands(graph, planned), nodes };
  const encodings = usedEncodings(graph, placement, reading, target);
  const codes = checkedCodes(graph, guarded.codes, encodings);
  const notes = [...(apart?.notes ?? []), ...(methodPlan.notes ?? []), ...guarded.notes, ...costNotes(graph, { ...reading, encodings }, target)];
  return {
    version: 1,
    model,
    method,
    target: target.name,
    encodings,
    ...(Object.keys(reading.operands).length > 0 && { operands: reading.operands }),
    ...(Object.keys(codes).length > 0 && { codes }),
    ...(apart && { outliers: apart.outliers }),
    nodes,
    skipped: methodPlan.skipped,
    ...(notes.length > 0 && { notes }),
  };
}

function refuseEmpty(nodes: Readonly<Record<string, NodeDecision>>, target: Target): void {
  if (Object.values(nodes).some(storesWeight)) return;
  const skipped = Object.fromEntries(Object.entries(nodes).map(([name, decision]) => [name, "reason" in decision ? decision.reason : decision.mode]));
  const first = Object.entries(skipped)[0];
  throw new QuantError(
    "nothing-quantized",
    `No node of ${Object.keys(nodes).length} can run on integers, or keep its weights in them, on ${target.name}${first ? ` (${first[0]}: ${first[1]}; details.skipped tells the rest)` : ""}.`,
    { details: { skipped } },
  );
}

/** Without those that say what is stored anyway. */
function distinctOperands({ encodings, operands = {} }: MethodPlan): NonNullable<MethodPlan["operands"]> {
  const isStored = (name: string, encoding: unknown): boolean => JSON.stringify(entryOf(encodings, name)) === JSON.stringify(encoding);
  return Object.fromEntries(Object.entries(operands).filter(([name, { encoding, rescaling }]) => rescaling || !isStored(name, encoding)));
}

/** Those that a product on a grid reads. */
function usedOperands(graph: GraphView, reading: Reading): NonNullable<QuantPlan["operands"]> {
  const used = new Set<string>();
  for (const node of graph.nodes) {
    node.inputs.forEach((value, input) => {
      const operand = operandOf({ node, input }, reading);
      if (!value || !operand) return;
      used.add(value.name);
      if (operand.rescaling) checkRescaling(node, value.name, operand.rescaling);
    });
  }
  return Object.fromEntries(Object.entries(reading.operands ?? {}).filter(([name]) => used.has(name)));
}

/** Drops encodings that no integer node reads or writes any more. */
function usedEncodings(graph: GraphView, placement: Placement, reading: Reading, target: Target): QuantPlan["encodings"] {
  const weights = new Map(placement.weights.map((site) => [site.tensor, site]));
  const isUsed = (value: ValueView): boolean => {
    const weight = weights.get(value.name);
    if (weight) return weight.nodes.some((node) => storesWeight(entryOf(reading.nodes, node)));
    return answersOnGrid(value, reading, target) || value.consumers.some((use) => readsStored(use, reading, target));
  };
  return Object.fromEntries(
    Object.entries(reading.encodings).filter(([name]) => {
      const value = graph.value(name);
      return value !== undefined && isUsed(value);
    }),
  );
}

function checkedCodes(graph: GraphView, codes: QuantPlan["codes"], encodings: QuantPlan["encodings"]): NonNullable<QuantPlan["codes"]> {
  const used = Object.entries(codes ?? {}).filter(([name]) => graph.value(name)?.constant && entryOf(encodings, name));
  for (const [name, text] of used) decodeCodes(name, text, graph.value(name)!.constant!.shape, encodings[name]!);
  return Object.fromEntries(used);
}
