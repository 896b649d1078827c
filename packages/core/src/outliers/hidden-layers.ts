/** Finds two layers with nothing between them but what treats every hidden unit by itself: the two of an MLP, whatever its activation. */
import type { Graph, Node, Value } from "../ir/index.ts";
import { biasOf, type Layer, layerOf } from "./layer.ts";
import { unitAxis } from "./unit-axis.ts";

export interface HiddenLayer {
  readonly first: Layer;
  /** In the order of computation. */
  readonly between: readonly Node[];
  /** What the second layer reads. */
  readonly hidden: Value;
  /** The axis of the units in `hidden`. */
  readonly axis: number;
  readonly second: Layer;
}

const unary = new Set([
  "Celu",
  "Elu",
  "Erf",
  "Gelu",
  "HardSigmoid",
  "HardSwish",
  "LeakyRelu",
  "Mish",
  "Relu",
  "Selu",
  "Sigmoid",
  "Softplus",
  "Softsign",
  "Tanh",
]);
const binary = new Set(["Add", "Div", "Max", "Min", "Mul", "Pow", "Sub"]);

/** Of the main graph, in the order of computation. */
export function hiddenLayers(graph: Graph): readonly HiddenLayer[] {
  return graph.nodes.flatMap((node) => {
    const first = layerOf(node);
    return (first && hiddenLayerOf(first)) ?? [];
  });
}

function hiddenLayerOf(first: Layer): HiddenLayer | undefined {
  const start = first.node.outputs[0]!;
  const rank = start.shape?.length;
  if (rank === undefined || start.dtype !== "float32" || biasOf(first)?.axis === "mixed") return undefined;
  const axis = first.channelsLast ? rank - 1 : 1;
  // A rank that only a run has shown is not there when the plan is applied without data.
  if (start.shape![axis] !== first.outputs) return undefined;
  const inside = new Set<Value>([start]);
  const between = new Set<Node>();
  const ends: { readonly hidden: Value; readonly second: Layer }[] = [];
  for (const value of inside) {
    if (value.isOutput) return undefined;
    for (const { node, input } of value.consumers) {
      if (between.has(node)) continue;
      const second = input === 0 ? layerOf(node) : undefined;
      if (second) ends.push({ hidden: value, second });
      else if (isUnitwise(node, inside, { axis, rank, units: first.outputs })) {
        between.add(node);
        inside.add(node.outputs[0]!);
      }
    }
  }
  const [end, ...others] = ends;
  if (!end || others.length > 0 || end.second.channelsLast !== first.channelsLast) return undefined;
  const stays = [...inside].every((value) => value.consumers.every(({ node }) => between.has(node) || node === end.second.node));
  return stays ? { first, between: first.node.graph.nodes.filter((node) => between.has(node)), axis, ...end } : undefined;
}

interface Units {
  readonly axis: number;
  readonly rank: number;
  readonly units: number;
}

/** Whether a node computes each unit of its output from that unit of what it reads and from constants. */
function isUnitwise(node: Node, inside: ReadonlySet<Value>, units: Units): boolean {
  if (node.domain !== "" || node.outputs.length !== 1) return false;
  if (unary.has(node.op)) return true;
  const isUnits = (value: Value): boolean => inside.has(value) && value.shape?.length === units.rank;
  const isConstant = ({ content }: Value): boolean => content?.dtype === "float32" && unitAxis(content.shape, units) !== "mixed";
  if (node.op === "Clip") return isUnits(node.inputs[0]!) && node.inputs.slice(1).every((bound) => !bound || isConstant(bound));
  return binary.has(node.op) && node.inputs.every((value) => value && (isUnits(value) || isConstant(value)));
}
