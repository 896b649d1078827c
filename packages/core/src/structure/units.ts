import type { NodeView, ValueView } from "../spec/index.ts";
import type { Flow } from "./flow.ts";

/** Whether something outside the node's unit reads what it answers: then it is the unit's last. */
export function leavesUnit(flow: Flow, node: NodeView): boolean {
  const kind = flow.unitOf(node);
  return kind !== undefined && node.outputs.some((value) => value && (value.isOutput || flow.readersOf(value).some((reader) => flow.unitOf(reader) !== kind)));
}

export interface UnitView {
  readonly kind: string;
  readonly nodes: ReadonlySet<NodeView>;
  /** The activation that all of it is computed from; undefined where there are several. */
  readonly input: ValueView | undefined;
}

/** The unit that `last` ends. */
export function unitEnding(flow: Flow, last: NodeView): UnitView {
  const kind = flow.unitOf(last)!;
  const nodes = new Set([last]);
  const inputs = new Set<ValueView>();
  for (const node of nodes) {
    for (const value of flow.inputsOf(node)) {
      const { producer } = value;
      const isInner = producer && flow.unitOf(producer) === kind && !leavesUnit(flow, producer);
      if (isInner) nodes.add(producer);
      else inputs.add(value);
    }
  }
  return { kind, nodes, input: inputs.size === 1 ? [...inputs][0] : undefined };
}
