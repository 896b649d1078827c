import { clippingOf } from "../placement/absorb.ts";
import type { ActivationSite, AffineEncoding, GraphView, MethodPlan, OperandPlan, PartialPlan, Placement } from "../spec/index.ts";
import { gridClips } from "./grid-clips.ts";
import type { StartingPlan } from "./starting-plan.ts";

/** What a search decided for some layers: JSON, so that an interrupted run can go on. */
export type Finding = {
  readonly operands: Readonly<Record<string, OperandPlan>>;
  /** By initializer. */
  readonly weights: Readonly<Record<string, AffineEncoding>>;
  readonly codes?: Readonly<Record<string, string>>;
};

/** A method's plan while it is searched: decisions on top of what the search started from. */
export interface PlanDraft {
  add(finding: Finding): void;
  /** How products read the tensor, once that is decided. A decision for a tensor that is stored together with others holds for all of them. */
  operandOf(tensor: string): OperandPlan | undefined;
  /** The decisions for these nodes alone: what they read, and their weights. */
  of(nodes: readonly string[]): PartialPlan;
  /** Everything decided so far, and what is not, as it was at the start. */
  plan(notes?: readonly string[]): MethodPlan;
}

export function createPlanDraft(graph: GraphView, placement: Placement, start: StartingPlan): PlanDraft {
  const operands = new Map<string, OperandPlan>();
  const weights = new Map<string, AffineEncoding>();
  const codes = new Map<string, string>();
  const siteOf = new Map<string, ActivationSite>(placement.activations.flatMap((site) => site.tensors.map((tensor) => [tensor, site] as const)));
  const sharesGrid = new Set(placement.operands.flatMap(({ tensor, sharesGrid: shared }) => (shared ? [tensor] : [])));

  return {
    add: (finding) => {
      for (const [tensor, plan] of Object.entries(finding.operands)) {
        operands.set(tensor, plan);
        if (!isStored(tensor, plan)) continue;
        for (const other of storedWith(tensor)) if (sharesGrid.has(other)) operands.set(other, plan);
      }
      for (const [name, encoding] of Object.entries(finding.weights)) weights.set(name, encoding);
      for (const [name, text] of Object.entries(finding.codes ?? {})) codes.set(name, text);
    },
    operandOf: (tensor) => operands.get(tensor),
    of: (nodes) => {
      const read = new Set(nodes.flatMap((node) => graph.node(node)!.inputs.flatMap((value) => value?.name ?? [])));
      return decided((tensor) => read.has(tensor));
    },
    plan: (notes = []) => {
      const { encodings, operands: own, codes: rounded } = decided(() => true);
      return {
        encodings: { ...start.encodings, ...encodings },
        operands: { ...start.operands, ...own },
        skipped: start.skipped,
        ...(Object.keys(rounded).length > 0 && { codes: rounded }),
        ...(notes.length > 0 && { notes }),
      };
    },
  };

  function decided(includes: (tensor: string) => boolean): Required<PartialPlan> {
    const encodings: Record<string, AffineEncoding> = {};
    const own: Record<string, OperandPlan> = {};
    for (const [tensor, plan] of operands) {
      if (!includes(tensor)) continue;
      if (isStored(tensor, plan)) for (const each of storedWith(tensor)) encodings[each] = plan.encoding as AffineEncoding;
      else own[tensor] = plan;
    }
    for (const [name, encoding] of weights) if (includes(name)) encodings[name] = encoding;
    return { encodings, operands: own, codes: Object.fromEntries([...codes].filter(([name]) => includes(name))) };
  }

  /** Whether what products read is the stored grid itself: not where that has to end at a bound which the other one does not keep. */
  function isStored(tensor: string, { encoding, rescaling }: OperandPlan): boolean {
    if (!sharesGrid.has(tensor) || encoding.kind !== "affine" || encoding.axis !== undefined || rescaling) return false;
    return storedWith(tensor).every((name) => {
      const producer = graph.value(name)?.producer;
      const isClipping = producer && placement.nodes[producer.name]?.mode === "absorbed" && clippingOf(producer);
      return !isClipping || gridClips(producer, encoding);
    });
  }

  function storedWith(tensor: string): readonly string[] {
    return siteOf.get(tensor)?.tensors ?? [tensor];
  }
}
