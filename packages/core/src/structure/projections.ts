import type { NodeView, ValueView } from "../spec/index.ts";
import type { Flow } from "./flow.ts";
import { moves } from "./moving.ts";
import { isOp } from "./products.ts";

const scaling = ["Mul", "Div", "Add", "Sub"];
const passing = ["Relu", "Neg", "Cast", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "Softplus"];
const normalizing = ["LayerNormalization", "RMSNormalization", "LpNormalization", "InstanceNormalization", "GroupNormalization"];

/**
 * The weighted nodes that queries, keys and values come from, in topological order: behind reshaping, splitting, biases,
 * scales, norms and rotary position embeddings (arXiv 2104.09864), but not behind a sum or product of different projections.
 */
export function projectionsOf(flow: Flow, values: readonly (ValueView | undefined)[]): readonly NodeView[] {
  const known = new Map<ValueView, ReadonlySet<NodeView>>();
  const found = new Set(values.flatMap((value) => (value ? [...sourcesOf(value)] : [])));
  return flow.nodes.filter((node) => found.has(node));

  function sourcesOf(value: ValueView): ReadonlySet<NodeView> {
    const before = known.get(value);
    if (before) return before;
    const sources = value.producer ? sourcesBehind(value.producer) : new Set<NodeView>();
    known.set(value, sources);
    return sources;
  }

  function sourcesBehind(node: NodeView): ReadonlySet<NodeView> {
    if (flow.weighted.has(node)) return new Set([node]);
    const inputs = flow.inputsOf(node);
    if (isOp(node, "Concat")) return new Set(inputs.flatMap((input) => [...sourcesOf(input)]));
    const [first, second] = inputs;
    if (!first || !isPassing(node, first)) return new Set();
    const sources = sourcesOf(first);
    return second === undefined || sameMembers(sources, sourcesOf(second)) ? sources : new Set();
  }

  function isPassing(node: NodeView, input: ValueView): boolean {
    return moves(node, input) || flow.unitOf(node) !== undefined || isOp(node, ...scaling, ...passing, ...normalizing);
  }
}

function sameMembers(left: ReadonlySet<NodeView>, right: ReadonlySet<NodeView>): boolean {
  return left.size === right.size && [...left].every((node) => right.has(node));
}
